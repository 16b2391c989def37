r journalctl -b -1 -n 1
r journalctl --list-boots
r journalctl -b 5 -n 1
r journalctl -b bogus -n 1
r journalctl --list-boots --no-legend
rs "journalctl -b -n 1 -o cat | wc -l"
rs "journalctl -k -n 1 -o cat | wc -l"
rs "journalctl --dmesg -n 1 -o json | tr ',' '\n' | tr -d '{}' | grep -E 'TRANSP|SYSLOG_IDENT' | sort"
