for i in 1 2 3 4; do r systemctl start t-ci$i; ws t-ci$i; p t-ci$i; done
log t-ci4
