r systemctl mask t-mskno
links t-mskno
r systemctl mask t-mskno
r systemctl is-enabled t-mskno
r systemctl unmask t-mskno
r systemctl unmask t-mskno
r systemctl mask t-msk
r systemctl is-enabled t-msk
r systemctl mask --force t-msk
links t-msk
r systemctl unmask t-msk
r systemctl mask t-mska@.service t-mskb.timer
r systemctl unmask t-mska@.service t-mskb.timer
r systemctl mask -- -.mount
