for i in 1 2 3 4; do r systemctl start t-te$i; ws t-te$i; p t-te$i; log t-te$i; done
