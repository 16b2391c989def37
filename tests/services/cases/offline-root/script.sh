R=/tmp/t-root; mkdir -p $R/etc/systemd/system $R/usr/lib/systemd/system
printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' > $R/usr/lib/systemd/system/t-offl.service
printf '[Service]\nExecStart=/bin/true\n' > $R/usr/lib/systemd/system/t-offs.service
touch $R/usr/lib/systemd/system/multi-user.target $R/usr/lib/systemd/system/graphical.target; echo '[Unit]' | tee $R/usr/lib/systemd/system/multi-user.target > $R/usr/lib/systemd/system/graphical.target
r systemctl --root=$R is-enabled t-offl t-offs
r systemctl --root=$R enable t-offl
find $R -type l -printf '%P -> %l\n' | sort
r systemctl --root=$R is-enabled t-offl
r systemctl --root=$R list-unit-files 't-*'
r systemctl --root=$R disable t-offl
r systemctl --root=$R mask t-offl
r systemctl --root=$R is-enabled t-offl
r systemctl --root=$R unmask t-offl
r systemctl --root=$R enable t-offnone
r systemctl --root=$R set-default multi-user.target
r systemctl --root=$R get-default
r systemctl --root=$R cat t-offl
r systemctl --root=$R start t-offl
r systemctl --root=$R is-active t-offl
r systemctl --root=$R preset t-offl
r systemctl --root=$R enable t-offs
r systemctl --root=$R enable --now t-offl
find $R -type l -printf '%P -> %l\n' | sort
