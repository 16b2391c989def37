for i in 1 2 3; do r systemctl start t-tb$i.timer; log t-tb$i.timer; done
