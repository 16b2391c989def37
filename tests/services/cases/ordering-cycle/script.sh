r systemctl start t-oc1; s t-oc1 t-oc2; log t-oc1
r systemctl start t-oc3; s t-oc3 t-oc4; log t-oc3
