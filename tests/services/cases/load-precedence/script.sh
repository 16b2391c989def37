mkdir -p /run/systemd/system /usr/local/lib/systemd/system
for d in /usr/lib/systemd/system /usr/local/lib/systemd/system /run/systemd/system /etc/systemd/system; do printf "[Unit]\nDescription=from $d\n[Service]\nExecStart=/bin/sleep 99\n" > $d/t-lpr.service; dr; echo "$d -> $(systemctl show -P Description t-lpr) $(systemctl show -P FragmentPath t-lpr)"; done
r systemctl cat t-lpr
rm -f {/usr/lib,/usr/local/lib,/run,/etc}/systemd/system/t-lpr.service
r systemctl show -p UnitPath
