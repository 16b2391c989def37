for i in 4 5 6 7; do r systemctl start t-rel$i; sleep .6; p t-rel$i; log t-rel$i; done
