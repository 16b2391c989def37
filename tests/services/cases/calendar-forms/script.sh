c() { r systemd-analyze calendar --base-time='2026-11-26 12:34:56' "$@" | grep -v 'From now'; }
c --iterations=3 'Mon..Fri 22:30' '*-2-29' 'Sat *-*~7..1/1'
c --iterations=2 '*-*-* 02:30 Europe/Berlin' '*-*-1/5 6,18:00' '*:0/10:30.5' 'quarterly'
c --iterations=4 '*-03-29 *:30 Europe/Berlin'
c --iterations=3 '*-10-25 *:30 Europe/Berlin'
c '2026-03-29 02:30 Europe/Berlin' '2027-03-28 02:30 Europe/Berlin' '@1900000000' 'Mon,Sun 12-*-* 2,1:23' 'tuesday utc'
c '2020-01-01' '*-*-* *:*:*' '*-*-* 0..23/2:0..59/7' 'hourly UTC' '*-*~1' 'Mon *-05~07/1' '05:40:23.4200004/3.1700005'
for bad in '' 7 'Mon..' 'Wed..Mon' '*-13-*' 24:00 '*:0/60' '*-*~29' 'Mon 9:00 Nowhere/Land' 'Tue-' '*/5:00' 1min '2026-11-26 12:00'; do c "$bad"; done
r systemd-analyze timespan infinity '1y 2month 3w 4d' '1.5us' 0 '5 fortnights' 'daily'
r systemd-analyze timestamp '2096-11-26 12:34:56.789' 'Mon 2026-11-26' '@1900000000' 'daily'
