r systemctl start t-bt1; s t-bt1 t-bt2; systemctl kill -s KILL t-bt2; w t-bt1 dead; s t-bt1 t-bt2; log t-bt1
r systemctl start t-bt3 t-bt4; w t-bt3 dead; s t-bt3 t-bt4 t-bt5
