r systemctl start "t-lon@sp ace"
r systemctl start 't-lon@/srv/x'
r systemctl start /srv/lon
r systemctl start t-lon@ü
out lon
r systemctl is-active 't-lon@sp ace' 't-lon@sp\x20ace'
r systemctl start "t-lon@$(printf 'x%.0s' $(seq 300))"
r systemctl start ''
