r systemctl enable t-enx@
r systemctl enable t-ent@
r systemctl enable t-ent@a
links t-ent
r systemctl is-enabled t-ent@
r systemctl is-enabled t-ent@a
r systemctl is-enabled t-ent@b
r systemctl is-enabled t-ent@dflt
r systemctl is-enabled t-enx@ t-enx@q
r systemctl disable t-ent@a
r systemctl disable t-ent@
links t-ent
r systemctl list-unit-files 't-en[tx]@*'
