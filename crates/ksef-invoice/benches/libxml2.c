/* How fast libxml2 validates: the schema is parsed once, the documents are in memory.
 *
 * libxml2 SCHEMA ROUNDS FOLDER   median seconds of a round over all documents of the folder, as
 *                                "NAME SECONDS BYTES", for reading alone, for a tree that is
 *                                validated and for validation while reading
 * libxml2 SCHEMA memory FILE     peak memory in KiB after validating one file, "tree KIB"
 *
 * Only for `cargo xtask bench-schema`; nothing of the project is built from it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct document {
    char *bytes;
    int length;
};

static struct document *documents;
static int count;
static xmlSchemaValidCtxtPtr validator;

static void ignore(void *context, const char *message, ...) {
    (void)context;
    (void)message;
}

static void fail(const char *what, const char *name) {
    fprintf(stderr, "libxml2: %s %s\n", what, name);
    exit(1);
}

static struct document read_document(const char *path) {
    struct document document;
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail("cannot open", path);
    fseek(file, 0, SEEK_END);
    document.length = (int)ftell(file);
    rewind(file);
    document.bytes = malloc((size_t)document.length);
    if (fread(document.bytes, 1, (size_t)document.length, file) != (size_t)document.length)
        fail("cannot read", path);
    fclose(file);
    return document;
}

static void read_folder(const char *folder) {
    struct dirent **entries;
    int found = scandir(folder, &entries, NULL, alphasort);
    if (found < 0) fail("no folder", folder);
    documents = calloc((size_t)found, sizeof *documents);
    for (int i = 0; i < found; i++) {
        char path[4096];
        if (entries[i]->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        documents[count++] = read_document(path);
    }
}

static int parse_only(const struct document *document) {
    xmlDocPtr tree = xmlReadMemory(document->bytes, document->length, NULL, NULL,
                                   XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (tree == NULL) return 1;
    xmlFreeDoc(tree);
    return 0;
}

static int by_tree(const struct document *document) {
    xmlDocPtr tree = xmlReadMemory(document->bytes, document->length, NULL, NULL,
                                   XML_PARSE_NONET | XML_PARSE_COMPACT);
    int result;
    if (tree == NULL) return 1;
    result = xmlSchemaValidateDoc(validator, tree);
    xmlFreeDoc(tree);
    return result;
}

static int by_stream(const struct document *document) {
    xmlSAXHandler handler;
    xmlParserInputBufferPtr input =
        xmlParserInputBufferCreateMem(document->bytes, document->length, XML_CHAR_ENCODING_NONE);
    memset(&handler, 0, sizeof handler);
    handler.initialized = XML_SAX2_MAGIC;
    return xmlSchemaValidateStream(validator, input, XML_CHAR_ENCODING_NONE, &handler, NULL);
}

/* Seconds of the processor: others on the machine do not count. */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int ascending(const void *one, const void *two) {
    double a = *(const double *)one, b = *(const double *)two;
    return (a > b) - (a < b);
}

static void measure(const char *name, int (*work)(const struct document *), int rounds) {
    double *seconds = calloc((size_t)rounds, sizeof *seconds);
    long bytes = 0;
    for (int i = 0; i < count; i++) {
        if (work(&documents[i]) != 0) fail("not valid by", name);
        bytes += documents[i].length;
    }
    for (int round = 0; round < rounds; round++) {
        double start = now();
        for (int i = 0; i < count; i++) work(&documents[i]);
        seconds[round] = now() - start;
    }
    qsort(seconds, (size_t)rounds, sizeof *seconds, ascending);
    printf("%s %.9f %ld\n", name, seconds[rounds / 2], bytes);
    free(seconds);
}

static void print_peak_memory(const char *name) {
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) fail("no", "/proc/self/status");
    while (fgets(line, sizeof line, status) != NULL) {
        long kib;
        if (sscanf(line, "VmHWM: %ld", &kib) == 1) printf("%s %ld\n", name, kib);
    }
    fclose(status);
}

int main(int argc, char **argv) {
    xmlSchemaParserCtxtPtr parser;
    xmlSchemaPtr schema;
    if (argc != 4) fail("usage:", "libxml2 SCHEMA ROUNDS FOLDER | libxml2 SCHEMA memory FILE");
    parser = xmlSchemaNewParserCtxt(argv[1]);
    schema = xmlSchemaParse(parser);
    if (schema == NULL) fail("no schema", argv[1]);
    xmlSchemaFreeParserCtxt(parser);
    validator = xmlSchemaNewValidCtxt(schema);
    xmlSchemaSetValidErrors(validator, ignore, ignore, NULL);
    if (strcmp(argv[2], "memory") == 0) {
        struct document document = read_document(argv[3]);
        print_peak_memory("schema");
        if (by_tree(&document) != 0) fail("not valid:", argv[3]);
        print_peak_memory("tree");
        return 0;
    }
    read_folder(argv[3]);
    measure("read", parse_only, atoi(argv[2]));
    measure("tree", by_tree, atoi(argv[2]));
    measure("stream", by_stream, atoi(argv[2]));
    return 0;
}
