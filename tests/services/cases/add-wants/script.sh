r systemctl add-wants multi-user.target t-aw
links t-aw
r systemctl add-requires t-aw2.target t-aw
links t-aw
r systemctl is-enabled t-aw
r systemctl add-wants t-awnone
r systemctl add-wants multi-user.target t-awnone
rm -f $U/multi-user.target.wants/t-aw.service; rm -rf $U/t-aw2.target.requires
ln -s ../t-static.service $U/multi-user.target.wants/t-aw.service
r systemctl is-enabled t-aw
rm $U/multi-user.target.wants/t-aw.service
