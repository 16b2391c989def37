systemctl start t-sfa; ws t-sfa; r systemctl status t-sfa
systemctl start t-sfb; r systemctl status t-sfb
systemctl start t-sfc; until grep -q sleep /proc/$(systemctl show -P MainPID t-sfc)/comm; do sleep .1; done; systemctl kill -s KILL t-sfc; ws t-sfc; r systemctl status t-sfc
dr
r systemctl status t-sfa -n0
