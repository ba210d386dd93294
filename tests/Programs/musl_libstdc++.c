/* What Debian's libgcc and libstdc++ take from glibc and musl does not have. With it tests/musl.sh links a libstdc++ for musl, as far as .NET uses it. */
#define _GNU_SOURCE
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
unsigned __cpu_model[4];

int __cpu_indicator_init(void)
{
    return 0;
}

size_t __strftime_l(char *text, size_t size, const char *format, const struct tm *time, locale_t locale)
{
    return strftime_l(text, size, format, time, locale);
}

unsigned arc4random(void)
{
    unsigned value = 0;
    return getrandom(&value, sizeof value, 0) == sizeof value ? value : 4;
}

/* Older names of basic_istream::ignore, which nobody calls. */
void *_ZNSi6ignoreEl(void *stream, long count)
{
    abort();
}

void *_ZNSt13basic_istreamIwSt11char_traitsIwEE6ignoreEl(void *stream, long count)
{
    abort();
}

/* Destructors of thread-local objects. */
struct entry { void (*destroy)(void *); void *object; struct entry *next; };
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void destroy_all(void *first)
{
    for (struct entry *one = first, *next; one != NULL; one = next) {
        next = one->next;
        one->destroy(one->object);
        free(one);
    }
}

static void make_key(void)
{
    pthread_key_create(&key, destroy_all);
}

int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object, void *module)
{
    struct entry *one = malloc(sizeof *one);
    if (one == NULL)
        return -1;
    pthread_once(&once, make_key);
    *one = (struct entry){ destroy, object, pthread_getspecific(key) };
    return pthread_setspecific(key, one);
}

/* glibc's dlfcn.h: where the unwind information of a place in code is. */
struct dl_find_object { unsigned long long flags; void *start, *end, *map, *eh_frame; unsigned long long reserved[7]; };
struct query { char *place; struct dl_find_object *result; };

static int look(struct dl_phdr_info *info, size_t size, void *data)
{
    struct query *query = data;
    int is_inside = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        char *start = (char *)info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && query->place >= start && query->place < start + segment->p_memsz) {
            is_inside = 1;
            query->result->start = start;
            query->result->end = start + segment->p_memsz;
        } else if (segment->p_type == PT_GNU_EH_FRAME) {
            query->result->eh_frame = start;
        }
    }
    return is_inside && query->result->eh_frame != NULL;
}

int _dl_find_object(void *place, struct dl_find_object *result)
{
    struct query query = { place, result };
    memset(result, 0, sizeof *result);
    return dl_iterate_phdr(look, &query) ? 0 : -1;
}
