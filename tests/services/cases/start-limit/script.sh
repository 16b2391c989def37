r systemctl start t-sl
w t-sl failed; p t-sl
r systemctl start t-sl
r systemctl is-failed t-sl
log t-sl
r systemctl status t-sl -n0
r systemctl reset-failed t-sl
p t-sl
r systemctl start t-sl
w t-sl failed; systemctl stop t-sl; p t-sl ActiveState,SubState
