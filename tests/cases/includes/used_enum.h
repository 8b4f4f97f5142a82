enum used_enum { USED_ENUMERATOR };
