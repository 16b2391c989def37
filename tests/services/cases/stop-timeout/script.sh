for i in 1 2 3; do systemctl start t-sto$i; done; sleep .5; ignores t-sto3
for i in 1 2 3; do tm systemctl stop t-sto$i; p t-sto$i; log t-sto$i; done
