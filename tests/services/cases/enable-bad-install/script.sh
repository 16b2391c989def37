for i in 1 2 3 4; do r systemctl enable t-ebi$i; r systemctl is-enabled t-ebi$i; done
links t-ebi
r systemctl disable t-ebi3 t-ebi4
r systemctl enable t-ebi3 t-ebizz t-ebi4
links t-ebi
r systemctl disable t-ebi3 t-ebi4
