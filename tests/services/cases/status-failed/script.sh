systemctl start t-sfa; ws t-sfa; r systemctl status t-sfa
systemctl start t-sfb; r systemctl status t-sfb
systemctl start t-sfc; systemctl kill -s KILL t-sfc; ws t-sfc; r systemctl status t-sfc
dr
r systemctl status t-sfa -n0
