#!/bin/sh
# Takes old copies away and keeps: every copy of the last two days, of each older day the last one for five weeks, and of
# each month the last one of its first day, for good. Goes by the time in the name, books-20261130T2300.db in UTC, never
# by whether a copy was made at some hour: a day without one at 23:00 keeps its last, and a day with several keeps one.
# Files of other names, such as copies somebody made by hand, are left alone. What is taken away, it names.
#
#   sh packaging/thin-copies.sh FOLDER [NOW]      NOW as 20261130T2300, for trying it
set -eu

folder=${1:?usage: thin-copies.sh FOLDER [NOW]}
now=${2:-$(date -u +%Y%m%dT%H%M)}
minute=$(printf '%s' "$now" | sed 's/^\(....\)\(..\)\(..\)T\(..\)\(..\)$/\1-\2-\3 \4:\5/')
hours=$(date -u -d "$minute UTC - 48 hours" +%Y%m%dT%H%M)
days=$(date -u -d "$minute UTC - 35 days" +%Y%m%d)

cd "$folder"
for copy in books-????????T????.db; do
    [ -f "$copy" ] && printf '%s\n' "$copy"
done | sort -r | awk -v hours="$hours" -v days="$days" '
    # Newest first, so that the first copy met of a day is its last.
    !/^books-[0-9]+T[0-9]+[.]db$/ { next }
    { time = substr($0, 7, 13); day = substr(time, 1, 8); month = substr(time, 1, 6) }
    { copies[++count] = $0; at[count] = time; of[count] = day; first[month] = day }
    END {
        for (i = 1; i <= count; i++) {
            last = of[i] != of[i - 1]
            kept = at[i] >= hours || last && (of[i] >= days || of[i] == first[substr(of[i], 1, 6)])
            if (!kept) print copies[i]
        }
    }' | while read -r copy; do
    # The manifest first: a manifest without its copy would be taken for a copy that was lost.
    rm -f -- "$copy.manifest"
    rm -f -- "$copy"
    printf 'took away %s\n' "$copy"
done
