systemctl start t-cfl2
r systemctl start t-cfl1; s t-cfl1 t-cfl2
r systemctl start t-cfl2; w t-cfl1 dead; s t-cfl1 t-cfl2
r systemctl start t-cfl2 t-cfl1; w t-cfl2 dead; s t-cfl1 t-cfl2
p t-cfl2 ConflictedBy
