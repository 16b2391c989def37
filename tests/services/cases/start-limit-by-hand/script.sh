for i in 1 2 3 4 5 6 7; do systemctl restart t-slh; echo "restart $i rc=$?"; done
p t-slh; log t-slh | tail -3
r systemctl reset-failed t-slh
r systemctl start t-slh
