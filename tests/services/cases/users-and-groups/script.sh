chmod 1777 /tmp
for i in 1 2 3 4 5 6; do r systemctl start t-ug$i; out ug$i; done; out ug5b
p t-ug2 User,Group,SupplementaryGroups,UMask,WorkingDirectory
