systemctl start t-suu; s t-suu t-su1; systemctl stop t-suu; w t-su1 dead; s t-suu t-su1
r systemctl start t-su1; w t-su1 dead; s t-su1
