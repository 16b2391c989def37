r systemctl start t-rur
rm $U/t-rur.service
r systemctl is-active t-rur
r systemctl status t-rur -n0
dr
r systemctl is-active t-rur
r systemctl status t-rur -n0
p t-rur LoadState,ActiveState,SubState
r systemctl restart t-rur
r systemctl stop t-rur
r systemctl start t-rur
