systemctl start t-po2 t-po1
A=$(systemctl show -P MainPID t-po1); systemctl restart t-po2; sleep .5; [ $A != $(systemctl show -P MainPID t-po1) ] && echo restarted
systemctl stop t-po2; sleep .3; s t-po2 t-po1
systemctl start t-po2; s t-po2 t-po1
p t-po2 ConsistsOf; p t-po1 PartOf
