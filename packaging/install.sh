#!/bin/sh
# Sets a shared server up: the account, its folders, the program, and how people reach it. Run as root, from this
# repository; running it again changes nothing that is there already.
#
#   sh packaging/install.sh forced target/release/o2c    one account, the key says who it is
#   sh packaging/install.sh sudo   target/release/o2c    people keep their own accounts
set -eu

mode=${1:-}
program=${2:-}
here=$(dirname "$0")
case "$mode" in forced | sudo) ;; *) echo "usage: $0 forced|sudo PROGRAM" >&2; exit 2 ;; esac
[ -x "$program" ] || { echo "$program is no program; build it with: cargo build --release" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 2; }

# The account. Its shell runs the forced command, so it must be a plain sh: bash would read ~/.bashrc first.
case "$(readlink -f /bin/sh)" in *bash*) echo "/bin/sh is bash here; install dash and make it /bin/sh" >&2; exit 1 ;; esac
getent group o2c >/dev/null || groupadd --system o2c
getent passwd o2c >/dev/null || useradd --system --gid o2c --home-dir /var/lib/o2c --no-create-home --shell /bin/sh o2c
# No password opens it, and it is not locked either: sshd refuses keys of a locked account.
usermod --password '*' o2c

# Its home belongs to root: nobody can leave a dotfile or a key of their own there.
install -d -o root -g root -m 0755 /var/lib/o2c /etc/o2c /usr/libexec/o2c
for folder in db import export backup; do
    install -d -o o2c -g o2c -m 0700 "/var/lib/o2c/$folder"
done
install -d -o root -g root -m 0755 /var/lib/o2c/seals
install -o root -g root -m 0755 "$program" /usr/libexec/o2c/o2c
install -o root -g root -m 0755 "$here/thin-copies.sh" /usr/libexec/o2c/thin-copies
# So that whoever may sudo -u o2c finds it by its name.
[ -e /usr/local/bin/o2c ] || ln -s /usr/libexec/o2c/o2c /usr/local/bin/o2c

# What is there is kept, except for the line that says how people are known.
[ -e /etc/o2c/identity.toml ] || install -o root -g root -m 0644 "$here/identity.toml" /etc/o2c/identity.toml
sed -i "s/^mode = .*/mode = \"$mode\"/" /etc/o2c/identity.toml

# The key that seals the chain of acts is root's; the account that writes the book cannot read it.
[ -e /etc/o2c/seal.key ] || /usr/libexec/o2c/o2c audit keygen /etc/o2c/seal.key --name "$(uname -n)"
chmod 0644 /etc/o2c/seal.key.pub

install -d -o root -g root -m 0755 /etc/ssh/sshd_config.d
install -o root -g root -m 0644 "$here/sshd-$mode.conf" /etc/ssh/sshd_config.d/50-o2c.conf
if [ "$mode" = forced ]; then
    install -d -o root -g root -m 0755 /etc/ssh/o2c_keys
    [ -e /etc/ssh/o2c_keys/o2c ] || install -o root -g root -m 0644 /dev/null /etc/ssh/o2c_keys/o2c
    rm -f /etc/sudoers.d/o2c
    # Who came in by sudo before reaches a shell again, because nothing holds the account to o2c any more.
    if getent group o2c-users | grep -q ':[^:][^:]*$'; then
        echo "members of o2c-users now get a shell by ssh; remove their keys: $(getent group o2c-users | cut -d: -f4)" >&2
    fi
else
    getent group o2c-users >/dev/null || groupadd --system o2c-users
    visudo -cqf "$here/sudoers"
    install -o root -g root -m 0440 "$here/sudoers" /etc/sudoers.d/o2c
fi

if [ -d /run/systemd/system ]; then
    install -o root -g root -m 0644 "$here"/systemd/o2c-*.service "$here"/systemd/o2c-*.timer /etc/systemd/system/
    systemctl daemon-reload
    systemctl enable --now o2c-backup.timer o2c-seal.timer o2c-check.timer o2c-drill.timer
    sshd -t
    systemctl reload ssh
else
    echo "systemd does not run here, so these were skipped; do them yourself:" >&2
    echo "  timers: $here/systemd/o2c-*.timer (a copy every hour and one tried every week, a seal every quarter of an" >&2
    echo "    hour, a check every night)" >&2
    echo "  sshd: what was set up for it counts after: sshd -t && kill -HUP \$(cat /run/sshd.pid)" >&2
fi
echo "o2c is installed ($mode). Next: make the book, add people, give them their way in (README, A shared server)."
