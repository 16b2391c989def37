matrix always
