systemctl start t-pr1 t-pr2; systemctl stop t-pr1; w t-pr2 dead; s t-pr1 t-pr2
systemctl start t-pr3 t-pr4; r systemctl reload t-pr3; sleep .5; sort /tmp/t-out.pr
