r systemctl start t-rm1
r systemctl restart t-rm1
systemctl start t-rm2; r systemctl stop t-rm2; r systemctl restart t-rm2; s t-rm2
systemctl kill t-rm2
