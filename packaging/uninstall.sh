#!/bin/sh
# Takes away what install.sh set up, except what people made: the book, its copies, files brought in and fetched, the
# seals and the key that made them. Run as root; running it again changes nothing.
#
#   sh packaging/uninstall.sh
set -eu

[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 2; }

if [ -d /run/systemd/system ]; then
    systemctl disable --now o2c-backup.timer o2c-seal.timer o2c-check.timer o2c-drill.timer 2>/dev/null || true
fi
rm -f /etc/systemd/system/o2c-*.service /etc/systemd/system/o2c-*.timer
rm -f /etc/ssh/sshd_config.d/50-o2c.conf /etc/sudoers.d/o2c
if [ "$(readlink /usr/local/bin/o2c 2>/dev/null)" = /usr/libexec/o2c/o2c ]; then rm -f /usr/local/bin/o2c; fi
rm -f /usr/libexec/o2c/o2c /usr/libexec/o2c/thin-copies
rmdir /usr/libexec/o2c 2>/dev/null || true
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    sshd -t
    systemctl reload ssh
    echo "o2c is taken away; nobody gets in by it any more. Left as they are, to keep or to remove by hand:"
else
    echo "systemd does not run here; sshd gives its keys up after: sshd -t && kill -HUP \$(cat /run/sshd.pid)" >&2
    echo "o2c is taken away. Left as they are, to keep or to remove by hand:"
fi
echo "  /var/lib/o2c         the book, its copies, files of people, seals"
echo "  /etc/o2c             settings and the sealing key"
echo "  /etc/ssh/o2c_keys    keys of people"
echo "  the account o2c and the group o2c-users"
