matrix no
