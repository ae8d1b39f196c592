/* Loaded before the C library (LD_PRELOAD) into a process and its children: whatever would leave the machine is
   refused, and a line of it is added to the file that REFUSED_CALLS names. Loopback and local sockets work. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define THE_REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum { DNS = 53 };

static void record(const char *call, const char *what) {
    int before = errno;
    char command[200], line[512];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t read_bytes = file < 0 ? 0 : read(file, command, sizeof command - 1);
    if (file >= 0) close(file);
    for (ssize_t i = 0; i < read_bytes; i++) /* words end with a zero, a program's text may have lines */
        if (command[i] == '\0' || command[i] == '\n') command[i] = ' ';
    command[read_bytes > 0 ? read_bytes : 0] = '\0';
    int length = snprintf(line, sizeof line, "%s of %s in %s\n", call, what, command);
    if (length >= (int)sizeof line) {
        length = sizeof line;
        line[length - 1] = '\n';
    }
    const char *path = getenv("REFUSED_CALLS");
    file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0 || write(file, line, length) != length) abort(); /* better than a call that nobody hears of */
    close(file);
    errno = before;
}

/* Addresses */

static int stays_v4(struct in_addr address, in_port_t port) {
    uint32_t number = ntohl(address.s_addr);
    return (number >> 24 == 127 || number == 0) && ntohs(port) != DNS;
}

static int stays(const struct sockaddr *address, socklen_t length) {
    if (address == NULL || length < (socklen_t)sizeof address->sa_family) return 1;
    if (address->sa_family == AF_INET && length >= (socklen_t)sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        return stays_v4(v4->sin_addr, v4->sin_port);
    }
    if (address->sa_family == AF_INET6 && length >= (socklen_t)sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
            struct in_addr v4;
            memcpy(&v4, v6->sin6_addr.s6_addr + 12, sizeof v4);
            return stays_v4(v4, v6->sin6_port);
        }
        int here = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
        return here && ntohs(v6->sin6_port) != DNS;
    }
    return address->sa_family == AF_UNIX || address->sa_family == AF_NETLINK || address->sa_family == AF_UNSPEC;
}

static int refuse(const char *call, const struct sockaddr *address) {
    char text[INET6_ADDRSTRLEN] = "", what[INET6_ADDRSTRLEN + 32];
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        snprintf(what, sizeof what, "%s port %d", text, ntohs(v4->sin_port));
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
        snprintf(what, sizeof what, "%s port %d", text, ntohs(v6->sin6_port));
    } else {
        snprintf(what, sizeof what, "an address of family %d", address->sa_family);
    }
    record(call, what);
    errno = ENETUNREACH;
    return -1;
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    if (!stays(address, length)) return refuse("connect", address);
    return THE_REAL(connect)(socket, address, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    if (!stays(to, length)) return refuse("sendto", to);
    return THE_REAL(sendto)(socket, data, size, flags, to, length);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
    if (!stays(message->msg_name, message->msg_namelen)) return refuse("sendmsg", message->msg_name);
    return THE_REAL(sendmsg)(socket, message, flags);
}

int sendmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags) {
    for (unsigned int i = 0; i < count; i++) {
        struct msghdr *message = &messages[i].msg_hdr;
        if (!stays(message->msg_name, message->msg_namelen)) return refuse("sendmmsg", message->msg_name);
    }
    return THE_REAL(sendmmsg)(socket, messages, count, flags);
}

/* Names */

static int is_here(const char *name) {
    unsigned char number[sizeof(struct in6_addr)];
    if (name == NULL || strcmp(name, "localhost") == 0 || strchr(name, '%') != NULL) return 1;
    return inet_pton(AF_INET, name, number) == 1 || inet_pton(AF_INET6, name, number) == 1;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    if (is_here(name)) return THE_REAL(getaddrinfo)(name, service, hints, found);
    record("getaddrinfo", name);
    return EAI_FAIL;
}

int getaddrinfo_a(int mode, struct gaicb *list[], int count, struct sigevent *event) {
    (void)mode, (void)list, (void)count, (void)event;
    record("getaddrinfo_a", "several names");
    return EAI_FAIL;
}

struct hostent *gethostbyname(const char *name) {
    if (is_here(name)) return THE_REAL(gethostbyname)(name);
    record("gethostbyname", name);
    h_errno = NO_RECOVERY;
    return NULL;
}

struct hostent *gethostbyname2(const char *name, int family) {
    if (is_here(name)) return THE_REAL(gethostbyname2)(name, family);
    record("gethostbyname2", name);
    h_errno = NO_RECOVERY;
    return NULL;
}

int gethostbyname_r(const char *name, struct hostent *entry, char *buffer, size_t size, struct hostent **found,
                    int *error) {
    if (is_here(name)) return THE_REAL(gethostbyname_r)(name, entry, buffer, size, found, error);
    record("gethostbyname_r", name);
    *found = NULL;
    *error = NO_RECOVERY;
    return ENOENT;
}

int gethostbyname2_r(const char *name, int family, struct hostent *entry, char *buffer, size_t size,
                     struct hostent **found, int *error) {
    if (is_here(name)) return THE_REAL(gethostbyname2_r)(name, family, entry, buffer, size, found, error);
    record("gethostbyname2_r", name);
    *found = NULL;
    *error = NO_RECOVERY;
    return ENOENT;
}

/* The other way round: a name for an address, of whichever address. */

struct hostent *gethostbyaddr(const void *address, socklen_t length, int family) {
    (void)address, (void)length, (void)family;
    record("gethostbyaddr", "an address");
    h_errno = NO_RECOVERY;
    return NULL;
}

int gethostbyaddr_r(const void *address, socklen_t length, int family, struct hostent *entry, char *buffer,
                    size_t size, struct hostent **found, int *error) {
    (void)address, (void)length, (void)family, (void)entry, (void)buffer, (void)size;
    record("gethostbyaddr_r", "an address");
    *found = NULL;
    *error = NO_RECOVERY;
    return ENOENT;
}

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size, char *service,
                socklen_t service_size, int flags) {
    if (host == NULL || flags & NI_NUMERICHOST || stays(address, length))
        return THE_REAL(getnameinfo)(address, length, host, host_size, service, service_size, flags);
    record("getnameinfo", "an address");
    return EAI_FAIL;
}

/* The resolver's own functions; headers name them with two underscores or without. */

int res_query(const char *name, int class, int type, unsigned char *answer, int size) {
    (void)class, (void)type, (void)answer, (void)size;
    record("res_query", name);
    return -1;
}

int res_search(const char *name, int class, int type, unsigned char *answer, int size) {
    (void)class, (void)type, (void)answer, (void)size;
    record("res_search", name);
    return -1;
}
