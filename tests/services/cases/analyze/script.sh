for c in daily weekly monthly hourly minutely yearly quarterly 'Mon..Fri 22:30' '*-*-01 03:00' '6,18:00' '*:0/15' 'Sun *-*-1..7 4:00' '2030-02-30' 'bogus'; do echo "$c: $(systemd-analyze calendar "$c" 2>&1 | grep -E 'Normal|Original|never|Failed' | tr -s ' ' | tr '\n' ' ')"; done
r systemd-analyze calendar 2030-02-28
r systemd-analyze timespan 5 1min30s 1.5s bogus
r systemd-analyze timestamp 2030-01-02
