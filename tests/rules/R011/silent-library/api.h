int serve(int fd);
