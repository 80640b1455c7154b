/* The counting primitives of harness/kernel/plain.py and the tiling of harness/kernel/tiling.py, compiled: same
 * results, place for place. Those two files say what is computed and why; comments here say how, where it differs.
 *
 * Only the stable ABI of Python 3.11 is used, so one build serves every later version. There is no global state.
 * Inputs are hostile: every size is checked before memory is asked for, sequences are copied before they are read,
 * numbers from Python are range-checked, and no loop is quadratic except where the figure itself is (LCS: tokens x
 * tokens / 64; CleanEval: as difflib).
 */

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Tokens of one text; keeps every sum of two positions within int32_t. */
#define MOST ((Py_ssize_t)1 << 28)

/* Memory */

static void *grab(size_t count, size_t size)
{
    void *found = NULL;
    if (count <= (size_t)PY_SSIZE_T_MAX / size)
        found = PyMem_Malloc(count ? count * size : 1);
    if (!found)
        PyErr_NoMemory();
    return found;
}

static void *grab_zeroed(size_t count, size_t size)
{
    void *found = grab(count, size);
    if (found)
        memset(found, 0, count ? count * size : 1);
    return found;
}

#define GRAB(type, count) ((type *)grab((size_t)(count), sizeof(type)))
#define GRAB_ZEROED(type, count) ((type *)grab_zeroed((size_t)(count), sizeof(type)))

/* A list of numbers that grows. */
typedef struct {
    int32_t *items;
    Py_ssize_t count, room;
} Numbers;

static int push(Numbers *to, int32_t value)
{
    if (to->count == to->room) {
        Py_ssize_t room = to->room ? to->room * 2 : 256;
        int32_t *items = NULL;
        if (to->count < MOST)
            items = PyMem_Realloc(to->items, (size_t)room * sizeof(int32_t));
        if (!items) {
            PyErr_NoMemory();
            return -1;
        }
        to->items = items;
        to->room = room;
    }
    to->items[to->count++] = value;
    return 0;
}

/* Hashing */

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Python's own seed for strings, so that nobody can write an answer whose words all collide. It decides no result,
 * only time. */
static int seed_of_process(uint64_t *seed)
{
    PyObject *text = PyUnicode_FromString("clutterbench");
    Py_hash_t hash = text ? PyObject_Hash(text) : -1;
    Py_XDECREF(text);
    if (hash == -1 && PyErr_Occurred())
        return -1;
    *seed = mix((uint64_t)hash);
    return 0;
}

/* The smallest power of two that leaves half of a table empty, less one. */
static size_t table_mask(Py_ssize_t count)
{
    size_t size = 8;
    while (size < (size_t)count * 2)
        size *= 2;
    return size - 1;
}

/* Pairs of numbers, numbered: ids[i] names (left[i], right[i]); equal pairs have equal ids, from 0 in the order
 * they come. The table holds positions and the keys are read from the arrays, which stay the caller's. */
typedef struct {
    const int32_t *left, *right;
    int32_t *ids;
    uint32_t *slots; /* position + 1 of a pair's first occurrence, 0 where empty */
    size_t mask;
    uint64_t seed;
    int32_t count, distinct;
} Pairs;

static size_t pair_hash(int32_t a, int32_t b, uint64_t seed)
{
    return (size_t)mix((((uint64_t)(uint32_t)a << 32) | (uint32_t)b) ^ seed);
}

static int pairs_build(Pairs *pairs, const int32_t *left, const int32_t *right, int32_t count, uint64_t seed)
{
    pairs->left = left;
    pairs->right = right;
    pairs->seed = seed;
    pairs->count = count;
    pairs->distinct = 0;
    pairs->mask = table_mask(count);
    pairs->ids = GRAB(int32_t, count);
    pairs->slots = pairs->ids ? GRAB_ZEROED(uint32_t, pairs->mask + 1) : NULL;
    if (!pairs->slots)
        return -1;
    for (int32_t i = 0; i < count; i++) {
        size_t at = pair_hash(left[i], right[i], seed) & pairs->mask;
        uint32_t slot;
        while ((slot = pairs->slots[at]) && (left[slot - 1] != left[i] || right[slot - 1] != right[i]))
            at = (at + 1) & pairs->mask;
        if (slot) {
            pairs->ids[i] = pairs->ids[slot - 1];
        } else {
            pairs->slots[at] = (uint32_t)i + 1;
            pairs->ids[i] = pairs->distinct++;
        }
    }
    return 0;
}

static int32_t pairs_find(const Pairs *pairs, int32_t a, int32_t b)
{
    if (a < 0 || b < 0)
        return -1;
    size_t at = pair_hash(a, b, pairs->seed) & pairs->mask;
    uint32_t slot;
    while ((slot = pairs->slots[at]) && (pairs->left[slot - 1] != a || pairs->right[slot - 1] != b))
        at = (at + 1) & pairs->mask;
    return slot ? pairs->ids[slot - 1] : -1;
}

/* Return an answer's numbers under `pairs`, -1 where there is no such pair. */
static int32_t *pairs_lookup(const Pairs *pairs, const int32_t *left, const int32_t *right, int32_t count)
{
    int32_t *ids = GRAB(int32_t, count);
    for (int32_t i = 0; ids && i < count; i++)
        ids[i] = pairs_find(pairs, left[i], right[i]);
    return ids;
}

static void pairs_free(Pairs *pairs)
{
    PyMem_Free(pairs->ids);
    PyMem_Free(pairs->slots);
}

/* The n-grams of one text by pairing: of 2 tokens, of 4, ..., and one more token at a time for n between powers of
 * two. */
enum { STAGES = 64 };

typedef struct {
    Pairs stages[STAGES]; /* the last one numbers the n-grams; none for n = 1 */
    uint8_t one_more[STAGES];
    int built;
    int32_t count;   /* n-grams of the text */
    int32_t *counts; /* how often each of them stands in it */
    int32_t distinct;
} Grams;

static void grams_free(Grams *grams)
{
    for (int i = 0; i < grams->built; i++)
        pairs_free(&grams->stages[i]);
    PyMem_Free(grams->counts);
}

/* Number the n-grams of `tokens`, which are from 0 to `distinct` - 1. The tokens stay the caller's, and must stay
 * where they are as long as `grams` is used. After a failure `grams` must be freed. */
static int grams_build(Grams *grams, const int32_t *tokens, int32_t count, int32_t distinct, long n, uint64_t seed)
{
    memset(grams, 0, sizeof *grams);
    if (n > count)
        return 0;
    int bit = 0;
    while ((n >> bit) > 1)
        bit++;
    int32_t width = 1;
    const int32_t *ids = tokens;
    for (bit--; bit >= 0; bit--) {
        for (int one = 0; one <= ((n >> bit) & 1); one++) {
            int32_t next = one ? width + 1 : width * 2;
            Pairs *pairs = &grams->stages[grams->built];
            grams->one_more[grams->built++] = (uint8_t)one;
            if (pairs_build(pairs, ids, (one ? tokens : ids) + width, count - next + 1, seed) < 0)
                return -1;
            ids = pairs->ids;
            distinct = pairs->distinct;
            width = next;
        }
    }
    grams->count = count - width + 1;
    grams->distinct = distinct;
    grams->counts = GRAB_ZEROED(int32_t, distinct);
    if (!grams->counts)
        return -1;
    for (int32_t i = 0; i < grams->count; i++)
        grams->counts[ids[i]]++;
    return 0;
}

/* Write the overlap of `grams` and another text's n-grams as multisets. The text's tokens are -1 where the first
 * text has not such. */
static int grams_shared(const Grams *grams, const int32_t *tokens, int32_t count, long n, int32_t *hits)
{
    *hits = 0;
    if (!grams->count || n > count)
        return 0;
    int32_t *left = GRAB(int32_t, grams->distinct), *ids = GRAB(int32_t, count);
    if (!left || !ids) {
        PyMem_Free(left);
        PyMem_Free(ids);
        return -1;
    }
    memcpy(left, grams->counts, (size_t)grams->distinct * sizeof(int32_t));
    memcpy(ids, tokens, (size_t)count * sizeof(int32_t));
    int32_t width = 1;
    for (int stage = 0; stage < grams->built; stage++) {
        /* In place: the pair at i is made of what stands at i and behind it. */
        int one = grams->one_more[stage];
        int32_t next = one ? width + 1 : width * 2;
        const int32_t *tail = (one ? tokens : ids) + width;
        for (int32_t i = 0; i < count - next + 1; i++)
            ids[i] = pairs_find(&grams->stages[stage], ids[i], tail[i]);
        width = next;
    }
    for (int32_t i = 0; i < count - width + 1; i++)
        if (ids[i] >= 0 && left[ids[i]] > 0) {
            left[ids[i]]--;
            ++*hits;
        }
    PyMem_Free(left);
    PyMem_Free(ids);
    return 0;
}

/* Longest common subsequences (Hyyrö's bit-parallel columns, as in plain.py) */

/* Where each token stands in a sequence of `count`: `places` in order, and the same as words of 64 bits, only those
 * that are not 0. */
typedef struct {
    int32_t *first, *places;          /* of token t: places[first[t] .. first[t + 1]) */
    int32_t *first_word, *word_index; /* likewise into word_index and word_bits */
    uint64_t *word_bits;
} Occurrences;

static void occurrences_free(Occurrences *found)
{
    PyMem_Free(found->first);
    PyMem_Free(found->places);
    PyMem_Free(found->first_word);
    PyMem_Free(found->word_index);
    PyMem_Free(found->word_bits);
}

/* Tokens are from 0 to `distinct` - 1; negative ones are left out. */
static int occurrences_build(Occurrences *found, const int32_t *tokens, int32_t count, int32_t distinct)
{
    memset(found, 0, sizeof *found);
    found->first = GRAB_ZEROED(int32_t, (size_t)distinct + 2);
    found->places = GRAB(int32_t, count);
    found->first_word = GRAB(int32_t, (size_t)distinct + 1);
    found->word_index = GRAB(int32_t, count);
    found->word_bits = GRAB(uint64_t, count);
    if (!found->first || !found->places || !found->first_word || !found->word_index || !found->word_bits) {
        occurrences_free(found);
        return -1;
    }
    /* Counts are kept two places up, so that filling in moves them to where they belong. */
    for (int32_t i = 0; i < count; i++)
        if (tokens[i] >= 0)
            found->first[tokens[i] + 2]++;
    for (int32_t t = 1; t <= distinct + 1; t++)
        found->first[t] += found->first[t - 1];
    for (int32_t i = 0; i < count; i++)
        if (tokens[i] >= 0)
            found->places[found->first[tokens[i] + 1]++] = i;
    int32_t words = 0;
    for (int32_t t = 0; t < distinct; t++) {
        found->first_word[t] = words;
        for (int32_t at = found->first[t]; at < found->first[t + 1]; at++) {
            int32_t word = found->places[at] >> 6;
            if (words == found->first_word[t] || found->word_index[words - 1] != word) {
                found->word_index[words] = word;
                found->word_bits[words++] = 0;
            }
            found->word_bits[words - 1] |= UINT64_C(1) << (found->places[at] & 63);
        }
    }
    found->first_word[distinct] = words;
    return 0;
}

/* Go on by one column, that of `token`: rest = (rest + (rest & mask)) | (rest & ~mask), touching only words with a
 * match or a carry. */
static void next_column(uint64_t *rest, int32_t words, const Occurrences *where, int32_t token)
{
    uint64_t carry = 0;
    int32_t at = 0;
    for (int32_t entry = where->first_word[token]; entry < where->first_word[token + 1]; entry++) {
        int32_t word = where->word_index[entry];
        for (; carry && at < word; at++) {
            uint64_t old = rest[at];
            carry = old == UINT64_MAX;
            rest[at] = old | (old + 1);
        }
        uint64_t old = rest[word], matching = old & where->word_bits[entry];
        uint64_t sum = old + matching, total = sum + carry;
        carry = (sum < old) | (total < sum);
        rest[word] = total | (old - matching);
        at = word + 1;
    }
    for (; carry && at < words; at++) {
        uint64_t old = rest[at];
        carry = old == UINT64_MAX;
        rest[at] = old | (old + 1);
    }
}

static int bits_set(uint64_t x)
{
    x -= (x >> 1) & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (int)((x * UINT64_C(0x0101010101010101)) >> 56);
}

static int highest_bit(uint64_t x)
{
    int bit = 0;
    for (int half = 32; half; half /= 2)
        if (x >> half) {
            x >>= half;
            bit += half;
        }
    return bit;
}

/* Return the LCS length of two token sequences, or -1 with an exception set. */
static int32_t common_length(const int32_t *gold, int32_t m, const int32_t *answer, int32_t n, int32_t distinct)
{
    int32_t same = 0;
    while (m && n && *gold >= 0 && *gold == *answer) {
        gold++, answer++, m--, n--, same++;
    }
    while (m && n && gold[m - 1] >= 0 && gold[m - 1] == answer[n - 1]) {
        m--, n--, same++;
    }
    if (!m || !n)
        return same;
    Occurrences where;
    if (occurrences_build(&where, gold, m, distinct) < 0)
        return -1;
    int32_t words = (m + 63) / 64;
    uint64_t *rest = GRAB(uint64_t, words);
    if (!rest) {
        occurrences_free(&where);
        return -1;
    }
    memset(rest, 0xff, (size_t)words * sizeof(uint64_t));
    for (int32_t j = 0; j < n; j++)
        if (answer[j] >= 0)
            next_column(rest, words, &where, answer[j]);
    if (m % 64)
        rest[words - 1] |= UINT64_MAX << (m % 64);
    for (int32_t i = 0; i < words; i++)
        same += bits_set(~rest[i]);
    PyMem_Free(rest);
    occurrences_free(&where);
    return same;
}

/* Return the highest i < below with bit i set in ~rest, -1 if there is none. */
static int32_t highest_in_column(const uint64_t *rest, int32_t below)
{
    if (below <= 0)
        return -1;
    int32_t word = (below - 1) >> 6;
    uint64_t bits = ~rest[word];
    if (below & 63)
        bits &= (UINT64_C(1) << (below & 63)) - 1;
    while (!bits) {
        if (--word < 0)
            return -1;
        bits = ~rest[word];
    }
    return word * 64 + highest_bit(bits);
}

static int32_t highest_place(const Occurrences *where, int32_t token, int32_t below)
{
    int32_t low = where->first[token], high = where->first[token + 1];
    int32_t start = low;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (where->places[middle] < below)
            low = middle + 1;
        else
            high = middle;
    }
    return low > start ? where->places[low - 1] : -1;
}

/* Mark in `marked` the gold positions of rouge-score's LCS with one answer sentence (plain.py: lcs_positions,
 * _union_positions).
 *
 * `columns` are the sentence's tokens that the gold sentence has and `gaps` whether others stand between a column
 * and the next. The walk needs the columns backwards. Where all of them would take much memory, the state is kept
 * at the start of every block of columns and a block is computed again when the walk comes to it. */
static int mark_common(
    const Occurrences *where, int32_t m, const int32_t *columns, const uint8_t *gaps, int32_t count, uint8_t *marked)
{
    const size_t budget = (size_t)1 << 20; /* 64-bit words */
    int32_t words = (m + 63) / 64;
    int32_t block = count;
    if ((size_t)count * (size_t)words > budget)
        for (block = 1; (int64_t)block * block < count; block++)
            ;
    int32_t blocks = (count + block - 1) / block;
    size_t width = (size_t)words;
    uint64_t *starts = GRAB(uint64_t, (size_t)blocks * width);
    uint64_t *states = starts ? GRAB(uint64_t, (size_t)(block + 1) * width) : NULL;
    if (!states) {
        PyMem_Free(starts);
        return -1;
    }
    memset(starts, 0xff, width * sizeof(uint64_t));
    for (int32_t b = 1; b < blocks; b++) {
        uint64_t *state = starts + (size_t)b * width;
        memcpy(state, state - width, width * sizeof(uint64_t));
        for (int32_t j = (b - 1) * block; j < b * block; j++)
            next_column(state, words, where, columns[j]);
    }
    int32_t below = m; /* the walk is at (below, column) */
    for (int32_t b = blocks - 1; b >= 0 && below > 0; b--) {
        int32_t first = b * block, last = first + block < count ? first + block : count;
        memcpy(states, starts + (size_t)b * width, width * sizeof(uint64_t));
        for (int32_t j = first; j < last; j++) {
            uint64_t *state = states + (size_t)(j - first + 1) * width;
            memcpy(state, state - width, width * sizeof(uint64_t));
            next_column(state, words, where, columns[j]);
        }
        for (int32_t j = last - 1; j >= first && below > 0; j--) {
            const uint64_t *state = states + (size_t)(j - first + 1) * width;
            if (gaps[j])
                below = highest_in_column(state, below) + 1;
            int32_t set = highest_in_column(state, below), match = highest_place(where, columns[j], below);
            if (match >= set) {
                if (match >= 0)
                    marked[match] = 1;
                below = match; /* -1 where the column has neither: the walk is over */
            } else {
                below = set + 1;
            }
        }
    }
    PyMem_Free(starts);
    PyMem_Free(states);
    return 0;
}

/* Token sequences from Python */

/* Append the numbers of a sequence of str. `ids` is a dict of ours; unknown tokens get the next number if `grow`,
 * else -1. */
static int number_tokens(PyObject *sequence, PyObject *ids, int grow, Numbers *to)
{
    PyObject *tokens = PySequence_Tuple(sequence); /* a copy that nobody else can change */
    if (!tokens)
        return -1;
    Py_ssize_t count = PyTuple_Size(tokens);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *token = PyTuple_GetItem(tokens, i);
        long number = -1;
        if (!PyUnicode_Check(token)) {
            PyErr_SetString(PyExc_TypeError, "a token must be a str");
            goto fail;
        }
        PyObject *known = PyDict_GetItemWithError(ids, token);
        if (known) {
            number = PyLong_AsLong(known);
        } else if (PyErr_Occurred()) {
            goto fail;
        } else if (grow) {
            number = (long)PyDict_Size(ids);
            PyObject *value = PyLong_FromLong(number);
            int failed = !value || PyDict_SetItem(ids, token, value) < 0;
            Py_XDECREF(value);
            if (failed)
                goto fail;
        }
        if (push(to, (int32_t)number) < 0)
            goto fail;
    }
    Py_DECREF(tokens);
    return 0;
fail:
    Py_DECREF(tokens);
    return -1;
}

/* Number two sequences: gold's tokens from 0, answer's by the same numbers, those that gold has not as -1. */
typedef struct {
    Numbers gold, answer;
    int32_t distinct;
} Two;

static void two_free(Two *two)
{
    PyMem_Free(two->gold.items);
    PyMem_Free(two->answer.items);
}

static int two_from_python(Two *two, PyObject *gold, PyObject *answer, int grow)
{
    memset(two, 0, sizeof *two);
    PyObject *ids = PyDict_New();
    if (!ids)
        return -1;
    int failed = number_tokens(gold, ids, 1, &two->gold) < 0;
    two->distinct = (int32_t)PyDict_Size(ids);
    failed = failed || number_tokens(answer, ids, grow, &two->answer) < 0;
    Py_DECREF(ids);
    if (failed)
        two_free(two);
    return failed ? -1 : 0;
}

static PyObject *triple(long hits, long predicted, long expected)
{
    return Py_BuildValue("(lll)", hits, predicted, expected);
}

static int checked_length(long n)
{
    if (n >= 1)
        return 0;
    PyErr_SetString(PyExc_ValueError, "n must be at least 1");
    return -1;
}

PyDoc_STRVAR(ngram_overlap_doc, "ngram_overlap(gold, answer, n, /)\n--\n\nSee harness.kernel.plain.");

static PyObject *ngram_overlap(PyObject *module, PyObject *args)
{
    PyObject *gold, *answer;
    long n;
    Two two;
    uint64_t seed;
    int32_t hits;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOl:ngram_overlap", &gold, &answer, &n) || checked_length(n) < 0)
        return NULL;
    if (seed_of_process(&seed) < 0 || two_from_python(&two, gold, answer, 0) < 0)
        return NULL;
    long expected = (long)two.gold.count, predicted = (long)two.answer.count;
    Grams grams;
    int failed = grams_build(&grams, two.gold.items, (int32_t)expected, two.distinct, n, seed) < 0 ||
                 grams_shared(&grams, two.answer.items, (int32_t)predicted, n, &hits) < 0;
    grams_free(&grams);
    two_free(&two);
    if (failed)
        return NULL;
    return triple(hits, predicted >= n ? predicted - n + 1 : 0, expected >= n ? expected - n + 1 : 0);
}

PyDoc_STRVAR(set_overlap_doc, "set_overlap(gold, answer, /)\n--\n\nSee harness.kernel.plain.");

static PyObject *set_overlap(PyObject *module, PyObject *args)
{
    PyObject *gold, *answer;
    Two two;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:set_overlap", &gold, &answer) || two_from_python(&two, gold, answer, 1) < 0)
        return NULL;
    int32_t most = two.distinct;
    for (Py_ssize_t i = 0; i < two.answer.count; i++)
        if (two.answer.items[i] >= most)
            most = two.answer.items[i] + 1;
    uint8_t *seen = GRAB_ZEROED(uint8_t, most);
    long hits = 0, predicted = 0;
    for (Py_ssize_t i = 0; seen && i < two.answer.count; i++) {
        int32_t token = two.answer.items[i];
        if (!seen[token]) {
            seen[token] = 1;
            predicted++;
            hits += token < two.distinct;
        }
    }
    long expected = two.distinct;
    two_free(&two);
    if (!seen)
        return NULL;
    PyMem_Free(seen);
    return triple(hits, predicted, expected);
}

PyDoc_STRVAR(lcs_length_doc, "lcs_length(gold, answer, /)\n--\n\nSee harness.kernel.plain.");

static PyObject *lcs_length(PyObject *module, PyObject *args)
{
    PyObject *gold, *answer;
    Two two;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:lcs_length", &gold, &answer) || two_from_python(&two, gold, answer, 0) < 0)
        return NULL;
    int32_t expected = (int32_t)two.gold.count, predicted = (int32_t)two.answer.count;
    int32_t length = common_length(two.gold.items, expected, two.answer.items, predicted, two.distinct);
    two_free(&two);
    return length < 0 ? NULL : PyLong_FromLong(length);
}

/* Sentences, flat: sentence s is tokens[starts[s] .. starts[s + 1]). */
typedef struct {
    Numbers tokens, starts;
} Sentences;

static void sentences_free(Sentences *sentences)
{
    PyMem_Free(sentences->tokens.items);
    PyMem_Free(sentences->starts.items);
}

/* Also after a failure, `sentences` must be freed. */
static int sentences_from_python(Sentences *sentences, PyObject *source, PyObject *ids, int grow)
{
    memset(sentences, 0, sizeof *sentences);
    PyObject *copy = PySequence_Tuple(source);
    int failed = !copy || push(&sentences->starts, 0) < 0;
    for (Py_ssize_t s = 0; !failed && s < PyTuple_Size(copy); s++)
        failed = number_tokens(PyTuple_GetItem(copy, s), ids, grow, &sentences->tokens) < 0 ||
                 push(&sentences->starts, (int32_t)sentences->tokens.count) < 0;
    Py_XDECREF(copy);
    return failed ? -1 : 0;
}

static PyObject *sentence_key(const Sentences *sentences, Py_ssize_t s)
{
    int32_t start = sentences->starts.items[s], end = sentences->starts.items[s + 1];
    return PyBytes_FromStringAndSize((const char *)(sentences->tokens.items + start), (Py_ssize_t)(end - start) * 4);
}

/* Working space for one gold sentence against all of the answer. */
typedef struct {
    int32_t *slot;    /* answer's number of a token → its number in this gold sentence, -1 */
    int32_t *local;   /* the gold sentence in such numbers */
    int32_t *columns; /* an answer sentence's matching tokens in such numbers */
    uint8_t *gaps, *marked;
} Union;

static void union_free(Union *space)
{
    PyMem_Free(space->slot);
    PyMem_Free(space->local);
    PyMem_Free(space->columns);
    PyMem_Free(space->gaps);
    PyMem_Free(space->marked);
}

/* Also after a failure, `space` must be freed. */
static int union_space(Union *space, int32_t distinct, int32_t longest_gold, int32_t longest_answer)
{
    memset(space, 0, sizeof *space);
    space->slot = GRAB(int32_t, distinct);
    space->local = GRAB(int32_t, longest_gold);
    space->columns = GRAB(int32_t, longest_answer);
    space->gaps = GRAB(uint8_t, longest_answer);
    space->marked = GRAB(uint8_t, longest_gold);
    if (!space->slot || !space->local || !space->columns || !space->gaps || !space->marked)
        return -1;
    for (int32_t i = 0; i < distinct; i++)
        space->slot[i] = -1;
    return 0;
}

/* Set space->marked for the gold sentence `gold`: the union of its LCS with every sentence of the answer. */
static int union_positions(Union *space, const int32_t *gold, int32_t m, const Sentences *answer)
{
    Occurrences where;
    int32_t distinct = 0, possible = 0;
    int result = -1;
    memset(space->marked, 0, (size_t)m);
    for (int32_t i = 0; i < m; i++) {
        space->local[i] = -1;
        if (gold[i] >= 0) {
            if (space->slot[gold[i]] < 0)
                space->slot[gold[i]] = distinct++;
            space->local[i] = space->slot[gold[i]];
            possible++;
        }
    }
    if (occurrences_build(&where, space->local, m, distinct) < 0)
        goto done;
    const int32_t *starts = answer->starts.items;
    for (Py_ssize_t s = 0; possible && s + 1 < answer->starts.count; s++) {
        int32_t count = 0, previous = starts[s];
        for (int32_t place = starts[s]; place < starts[s + 1]; place++) {
            int32_t local = space->slot[answer->tokens.items[place]];
            if (local < 0)
                continue;
            if (count)
                space->gaps[count - 1] = place > previous + 1;
            previous = place;
            space->columns[count++] = local;
        }
        if (!count)
            continue;
        space->gaps[count - 1] = previous + 1 < starts[s + 1];
        if (mark_common(&where, m, space->columns, space->gaps, count, space->marked) < 0) {
            occurrences_free(&where);
            goto done;
        }
        /* Once every token that the answer has is marked, no further sentence can add anything. */
        int32_t marked = 0;
        for (int32_t i = 0; i < m; i++)
            marked += space->marked[i];
        if (marked == possible)
            break;
    }
    occurrences_free(&where);
    result = 0;
done:
    for (int32_t i = 0; i < m; i++)
        if (gold[i] >= 0)
            space->slot[gold[i]] = -1;
    return result;
}

static int32_t longest(const Sentences *sentences)
{
    int32_t most = 0;
    for (Py_ssize_t s = 0; s + 1 < sentences->starts.count; s++) {
        int32_t length = sentences->starts.items[s + 1] - sentences->starts.items[s];
        most = length > most ? length : most;
    }
    return most;
}

PyDoc_STRVAR(union_lcs_doc, "union_lcs(gold, answer, /)\n--\n\nSee harness.kernel.plain.");

static PyObject *union_lcs(PyObject *module, PyObject *args)
{
    PyObject *gold_source, *answer_source, *result = NULL;
    Sentences gold, answer;
    Union space;
    int32_t *budget = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:union_lcs", &gold_source, &answer_source))
        return NULL;
    memset(&gold, 0, sizeof gold);
    memset(&answer, 0, sizeof answer);
    memset(&space, 0, sizeof space);
    PyObject *ids = PyDict_New(), *whole = PySet_New(NULL);
    if (!ids || !whole)
        goto done;
    /* Gold first, as in plain.py: the two may be iterators over the same thing. */
    if (sentences_from_python(&gold, gold_source, ids, 1) < 0)
        goto done;
    if (sentences_from_python(&answer, answer_source, ids, 1) < 0)
        goto done;
    int32_t distinct = (int32_t)PyDict_Size(ids);
    budget = GRAB_ZEROED(int32_t, distinct);
    if (!budget || union_space(&space, distinct, longest(&gold), longest(&answer)) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < answer.tokens.count; i++)
        budget[answer.tokens.items[i]]++;
    /* What the answer has not is nobody's match. */
    for (Py_ssize_t i = 0; i < gold.tokens.count; i++)
        if (!budget[gold.tokens.items[i]])
            gold.tokens.items[i] = -1;
    for (Py_ssize_t s = 0; s + 1 < answer.starts.count; s++) {
        PyObject *key = sentence_key(&answer, s);
        int failed = !key || PySet_Add(whole, key) < 0;
        Py_XDECREF(key);
        if (failed)
            goto done;
    }
    long hits = 0;
    for (Py_ssize_t s = 0; s + 1 < gold.starts.count; s++) {
        const int32_t *sentence = gold.tokens.items + gold.starts.items[s];
        int32_t m = gold.starts.items[s + 1] - gold.starts.items[s];
        if (!m)
            continue;
        PyObject *key = sentence_key(&gold, s);
        int in_answer = key ? PySet_Contains(whole, key) : -1;
        Py_XDECREF(key);
        if (in_answer < 0)
            goto done;
        if (in_answer)
            memset(space.marked, 1, (size_t)m);
        else if (union_positions(&space, sentence, m, &answer) < 0)
            goto done;
        for (int32_t i = 0; i < m; i++)
            if (space.marked[i] && budget[sentence[i]] > 0) {
                budget[sentence[i]]--;
                hits++;
            }
    }
    result = triple(hits, (long)answer.tokens.count, (long)gold.tokens.count);
done:
    Py_XDECREF(ids);
    Py_XDECREF(whole);
    PyMem_Free(budget);
    union_free(&space);
    sentences_free(&gold);
    sentences_free(&answer);
    return result;
}

PyDoc_STRVAR(lcs_positions_doc, "lcs_positions(gold, answer, /)\n--\n\nSee harness.kernel.plain.");

static PyObject *lcs_positions(PyObject *module, PyObject *args)
{
    PyObject *gold, *answer, *result = NULL;
    Two two;
    Occurrences where;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:lcs_positions", &gold, &answer) || two_from_python(&two, gold, answer, 0) < 0)
        return NULL;
    int32_t m = (int32_t)two.gold.count, n = (int32_t)two.answer.count, count = 0, previous = 0;
    int32_t *columns = GRAB(int32_t, n);
    uint8_t *gaps = GRAB(uint8_t, n), *marked = GRAB_ZEROED(uint8_t, m);
    if (!columns || !gaps || !marked || occurrences_build(&where, two.gold.items, m, two.distinct) < 0)
        goto done;
    for (int32_t place = 0; place < n; place++) {
        if (two.answer.items[place] < 0)
            continue;
        if (count)
            gaps[count - 1] = place > previous + 1;
        previous = place;
        columns[count++] = two.answer.items[place];
    }
    if (count)
        gaps[count - 1] = previous + 1 < n;
    int failed = count && mark_common(&where, m, columns, gaps, count, marked) < 0;
    occurrences_free(&where);
    result = failed ? NULL : PyList_New(0);
    for (int32_t i = 0; result && i < m; i++) {
        if (!marked[i])
            continue;
        PyObject *position = PyLong_FromLong(i);
        if (!position || PyList_Append(result, position) < 0)
            Py_CLEAR(result);
        Py_XDECREF(position);
    }
done:
    PyMem_Free(columns);
    PyMem_Free(gaps);
    PyMem_Free(marked);
    two_free(&two);
    return result;
}

/* difflib's matching blocks */

typedef struct {
    int32_t a, b, size;
} Block;

typedef struct {
    int32_t a_low, a_high, b_low, b_high;
} Area;

/* Working space of find_longest: run lengths of the row before and of this one, by position in b, 0 elsewhere. */
typedef struct {
    const int32_t *a, *b;
    const Occurrences *where;
    const uint8_t *popular;
    int32_t *before, *now;
    Numbers before_set, now_set;
} Matcher;

static int32_t first_place_from(const Occurrences *where, int32_t token, int32_t from)
{
    int32_t low = where->first[token], high = where->first[token + 1];
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (where->places[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* As difflib's find_longest_match: the first longest run that begins with an unpopular token, then grown over
 * popular ones. */
static int find_longest(Matcher *matcher, Area area, Block *best)
{
    const int32_t *a = matcher->a, *b = matcher->b;
    best->a = area.a_low;
    best->b = area.b_low;
    best->size = 0;
    for (int32_t i = area.a_low; i < area.a_high; i++) {
        if (a[i] >= 0 && !matcher->popular[a[i]]) {
            int32_t end = matcher->where->first[a[i] + 1];
            for (int32_t at = first_place_from(matcher->where, a[i], area.b_low); at < end; at++) {
                int32_t j = matcher->where->places[at];
                if (j >= area.b_high)
                    break;
                int32_t size = (j ? matcher->before[j - 1] : 0) + 1;
                matcher->now[j] = size;
                if (push(&matcher->now_set, j) < 0)
                    return -1;
                if (size > best->size) {
                    best->a = i - size + 1;
                    best->b = j - size + 1;
                    best->size = size;
                }
            }
        }
        for (Py_ssize_t at = 0; at < matcher->before_set.count; at++)
            matcher->before[matcher->before_set.items[at]] = 0;
        matcher->before_set.count = 0;
        int32_t *row = matcher->before;
        matcher->before = matcher->now;
        matcher->now = row;
        Numbers set = matcher->before_set;
        matcher->before_set = matcher->now_set;
        matcher->now_set = set;
    }
    for (Py_ssize_t at = 0; at < matcher->before_set.count; at++)
        matcher->before[matcher->before_set.items[at]] = 0;
    matcher->before_set.count = 0;
    while (best->a > area.a_low && best->b > area.b_low && a[best->a - 1] == b[best->b - 1])
        best->a--, best->b--, best->size++;
    while (best->a + best->size < area.a_high && best->b + best->size < area.b_high &&
           a[best->a + best->size] == b[best->b + best->size])
        best->size++;
    return 0;
}

static int compare_blocks(const void *left, const void *right)
{
    const Block *x = left, *y = right;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

static int append_block(PyObject *list, Block block)
{
    PyObject *item = Py_BuildValue("(iii)", (int)block.a, (int)block.b, (int)block.size);
    int failed = !item || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

PyDoc_STRVAR(matching_blocks_doc, "matching_blocks(gold, answer, /)\n--\n\nSee harness.kernel.plain.");

static PyObject *matching_blocks(PyObject *module, PyObject *args)
{
    PyObject *gold, *answer, *result = NULL;
    Two two;
    Occurrences where;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:matching_blocks", &gold, &answer) || two_from_python(&two, gold, answer, 0) < 0)
        return NULL;
    int32_t m = (int32_t)two.gold.count, n = (int32_t)two.answer.count;
    Matcher matcher = {.a = two.answer.items, .b = two.gold.items, .where = &where};
    int32_t most = m < n ? m : n; /* each block takes at least one token of both sides */
    Block *blocks = GRAB(Block, most);
    Area *todo = GRAB(Area, (size_t)most * 2 + 1);
    uint8_t *popular = GRAB_ZEROED(uint8_t, two.distinct);
    matcher.before = GRAB_ZEROED(int32_t, m);
    matcher.now = GRAB_ZEROED(int32_t, m);
    matcher.popular = popular;
    if (!blocks || !todo || !popular || !matcher.before || !matcher.now)
        goto done;
    if (occurrences_build(&where, matcher.b, m, two.distinct) < 0)
        goto done;
    for (int32_t token = 0; m >= 200 && token < two.distinct; token++)
        popular[token] = where.first[token + 1] - where.first[token] > m / 100 + 1;
    int32_t count = 0, open = 0;
    todo[open++] = (Area){0, n, 0, m};
    int failed = 0;
    while (open && !failed) {
        Area area = todo[--open];
        Block best;
        failed = find_longest(&matcher, area, &best) < 0;
        if (failed || !best.size)
            continue;
        blocks[count++] = best;
        if (area.a_low < best.a && area.b_low < best.b)
            todo[open++] = (Area){area.a_low, best.a, area.b_low, best.b};
        if (best.a + best.size < area.a_high && best.b + best.size < area.b_high)
            todo[open++] = (Area){best.a + best.size, area.a_high, best.b + best.size, area.b_high};
    }
    occurrences_free(&where);
    if (failed)
        goto done;
    qsort(blocks, (size_t)count, sizeof(Block), compare_blocks);
    result = PyList_New(0);
    Block merged = {0, 0, 0};
    for (int32_t i = 0; result && i < count; i++) {
        if (merged.a + merged.size == blocks[i].a && merged.b + merged.size == blocks[i].b) {
            merged.size += blocks[i].size;
            continue;
        }
        if (merged.size && append_block(result, merged) < 0)
            Py_CLEAR(result);
        merged = blocks[i];
    }
    if (result && merged.size && append_block(result, merged) < 0)
        Py_CLEAR(result);
    if (result && append_block(result, (Block){n, m, 0}) < 0)
        Py_CLEAR(result);
done:
    PyMem_Free(blocks);
    PyMem_Free(todo);
    PyMem_Free(popular);
    PyMem_Free(matcher.before);
    PyMem_Free(matcher.now);
    PyMem_Free(matcher.before_set.items);
    PyMem_Free(matcher.now_set.items);
    two_free(&two);
    return result;
}

/* Cutter: text to tokens by classes of characters */

/* Bits of a character's class. A token is ALONE MARK* or HEAD TAIL*; what begins neither stands between tokens. */
enum { ALONE = 1, MARK = 2, HEAD = 4, TAIL = 8 };
enum { PAGE = 256, PAGES = 0x110000 / PAGE };

typedef struct Gold Gold;

typedef struct {
    PyObject_HEAD
    PyObject *classify; /* first code point of a page → bytes of PAGE classes */
    uint8_t **pages;    /* NULL where not asked for yet */
    Gold *gold;         /* the text last used as gold, or NULL */
    uint64_t seed;
} Cutter;

typedef struct {
    const Py_UCS4 *characters;
    int32_t length, at;
    int32_t start, end; /* of the token that next_token found */
} Text;

static const uint8_t *load_page(Cutter *self, Py_UCS4 character)
{
    Py_UCS4 number = character / PAGE;
    char *classes;
    Py_ssize_t size;
    uint8_t *page = NULL;
    PyObject *found = PyObject_CallFunction(self->classify, "k", (unsigned long)number * PAGE);
    if (!found)
        return NULL;
    if (PyBytes_AsStringAndSize(found, &classes, &size) == 0) {
        if (size != PAGE)
            PyErr_SetString(PyExc_ValueError, "classify must return 256 classes");
        else if (self->pages[number])
            page = self->pages[number]; /* classify has used this cutter itself */
        else if ((page = GRAB(uint8_t, PAGE)))
            self->pages[number] = memcpy(page, classes, PAGE);
    }
    Py_DECREF(found);
    return page;
}

/* Return a character's class, or -1 with an exception set. */
static inline int class_of(Cutter *self, Py_UCS4 character)
{
    const uint8_t *page = self->pages[character / PAGE];
    if (!page && !(page = load_page(self, character)))
        return -1;
    return page[character % PAGE];
}

/* Return 1 with text->start and text->end set, 0 at the text's end, -1 with an exception set. */
static int next_token(Cutter *self, Text *text)
{
    int32_t at = text->at;
    int class = 0, onward;
    for (; at < text->length; at++) {
        if ((class = class_of(self, text->characters[at])) < 0)
            return -1;
        if (class & (ALONE | HEAD))
            break;
    }
    text->start = at;
    if (at == text->length) {
        text->at = at;
        return 0;
    }
    onward = class & ALONE ? MARK : TAIL;
    for (at++; at < text->length; at++) {
        if ((class = class_of(self, text->characters[at])) < 0)
            return -1;
        if (!(class & onward))
            break;
    }
    text->end = text->at = at;
    return 1;
}

/* Copy a str's characters; the caller frees `text->characters`. Lone surrogates are characters like others. */
static int text_from_python(Text *text, PyObject *source)
{
    memset(text, 0, sizeof *text);
    if (!PyUnicode_Check(source)) {
        PyErr_SetString(PyExc_TypeError, "a text must be a str");
        return -1;
    }
    Py_ssize_t length = PyUnicode_GetLength(source);
    if (length < 0)
        return -1;
    if (length >= MOST) {
        PyErr_SetString(PyExc_OverflowError, "the text is too long");
        return -1;
    }
    text->characters = PyUnicode_AsUCS4Copy(source);
    text->length = (int32_t)length;
    return text->characters ? 0 : -1;
}

static void text_free(Text *text)
{
    PyMem_Free((void *)text->characters);
}

/* Compare the token that `text` stands at with another text's characters [start, end). */
static int same_token(const Text *text, const Text *other, int32_t start, int32_t end)
{
    const Py_UCS4 *left = text->characters + text->start, *right = other->characters + start;
    return text->end - text->start == end - start && memcmp(left, right, (size_t)(end - start) * sizeof(Py_UCS4)) == 0;
}

/* Distinct tokens of a text; the table grows with them. */
typedef struct {
    int32_t start, end;
    uint32_t hash;
} Word;

typedef struct {
    const Text *text;
    Word *words;
    uint32_t *slots; /* number of a word + 1, 0 where empty */
    size_t mask;
    int32_t count;
} Words;

static uint64_t hash_token(const Text *text, uint64_t seed)
{
    uint64_t hash = seed ^ (uint64_t)(text->end - text->start);
    int32_t i = text->start;
    /* Two characters at a time: the multiplications wait for each other. */
    for (; i + 1 < text->end; i += 2) {
        uint64_t two = (uint64_t)text->characters[i] << 32 | text->characters[i + 1];
        hash = (hash ^ two) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    if (i < text->end)
        hash = (hash ^ text->characters[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return mix(hash);
}

static int words_grow(Words *words)
{
    size_t mask = words->slots ? words->mask * 2 + 1 : 255;
    uint32_t *slots = GRAB_ZEROED(uint32_t, mask + 1);
    if (!slots)
        return -1;
    Word *list = PyMem_Realloc(words->words, (mask / 2 + 1) * sizeof(Word));
    if (!list) {
        PyMem_Free(slots);
        PyErr_NoMemory();
        return -1;
    }
    for (int32_t i = 0; i < words->count; i++) {
        size_t at = list[i].hash & mask;
        while (slots[at])
            at = (at + 1) & mask;
        slots[at] = (uint32_t)i + 1;
    }
    PyMem_Free(words->slots);
    words->slots = slots;
    words->words = list;
    words->mask = mask;
    return 0;
}

static void words_free(Words *words)
{
    PyMem_Free(words->words);
    PyMem_Free(words->slots);
}

/* Return the number of the token that `text` stands at, a new one if `grow`, else -1 for an unknown one; -2 with an
 * exception set. */
static int32_t word_number(Words *words, const Text *text, uint64_t seed, int grow)
{
    if (!words->slots && words_grow(words) < 0)
        return -2;
    uint32_t hash = (uint32_t)hash_token(text, seed), slot;
    size_t at = hash & words->mask;
    for (; (slot = words->slots[at]); at = (at + 1) & words->mask) {
        const Word *word = &words->words[slot - 1];
        if (word->hash == hash && same_token(text, words->text, word->start, word->end))
            return (int32_t)slot - 1;
    }
    if (!grow)
        return -1;
    words->slots[at] = (uint32_t)words->count + 1;
    words->words[words->count] = (Word){text->start, text->end, hash};
    if ((size_t)++words->count > words->mask / 2 && words_grow(words) < 0)
        return -2;
    return words->count - 1;
}

static int number_text(Cutter *self, Text *text, Words *words, int grow, Numbers *to)
{
    int more;
    while ((more = next_token(self, text)) > 0) {
        int32_t number = word_number(words, text, self->seed, grow);
        if (number < -1 || push(to, number) < 0)
            return -1;
    }
    return more;
}

/* A gold text's words and n-grams. It meets the answers of all systems one after another, so the last one is kept. */
struct Gold {
    PyObject *source;
    Text text;
    Words words;
    Numbers tokens;
    long n; /* of the n-grams, 0 where not counted */
    Grams grams;
};

static void gold_free(Gold *gold)
{
    if (!gold)
        return;
    Py_XDECREF(gold->source);
    text_free(&gold->text);
    words_free(&gold->words);
    PyMem_Free(gold->tokens.items);
    grams_free(&gold->grams);
    PyMem_Free(gold);
}

/* Return `source` as gold: the one that the cutter keeps, if it is that. The cutter lets go of it, since a
 * classifier could use the cutter meanwhile; `keep_gold` gives it back. */
static Gold *take_gold(Cutter *self, PyObject *source)
{
    Gold *gold = self->gold;
    self->gold = NULL;
    if (gold && PyUnicode_Check(source) && PyUnicode_Compare(gold->source, source) == 0)
        return gold;
    gold_free(gold);
    gold = GRAB_ZEROED(Gold, 1);
    if (!gold)
        return NULL;
    gold->source = Py_NewRef(source);
    gold->words.text = &gold->text;
    if (text_from_python(&gold->text, source) < 0 ||
        number_text(self, &gold->text, &gold->words, 1, &gold->tokens) < 0) {
        gold_free(gold);
        return NULL;
    }
    return gold;
}

static void keep_gold(Cutter *self, Gold *gold)
{
    gold_free(self->gold);
    self->gold = gold;
}

/* Append an answer's tokens by the numbers of gold's, -1 for those that gold has not. */
static int number_answer(Cutter *self, Gold *gold, PyObject *source, Numbers *to)
{
    Text text;
    int failed = text_from_python(&text, source) < 0 || number_text(self, &text, &gold->words, 0, to) < 0;
    text_free(&text);
    return failed ? -1 : 0;
}

PyDoc_STRVAR(
    cutter_tokens_doc, "tokens(text, /)\n--\n\nReturn the text's tokens in order.");

static PyObject *cutter_tokens(PyObject *object, PyObject *source)
{
    Cutter *self = (Cutter *)object;
    Text text;
    int more = -1;
    if (text_from_python(&text, source) < 0)
        return NULL;
    PyObject *found = PyList_New(0);
    while (found && (more = next_token(self, &text)) > 0) {
        PyObject *token = PyUnicode_Substring(source, text.start, text.end);
        if (!token || PyList_Append(found, token) < 0)
            Py_CLEAR(found);
        Py_XDECREF(token);
    }
    if (more < 0)
        Py_CLEAR(found);
    text_free(&text);
    return found;
}

PyDoc_STRVAR(
    cutter_same_doc, "same(gold, answer, /)\n--\n\nTell whether two texts have the same tokens in the same order.");

static PyObject *cutter_same(PyObject *object, PyObject *args)
{
    Cutter *self = (Cutter *)object;
    PyObject *gold_source, *answer_source;
    Text gold = {0}, answer = {0};
    int same = -1;
    if (!PyArg_ParseTuple(args, "OO:same", &gold_source, &answer_source))
        return NULL;
    if (text_from_python(&gold, gold_source) == 0 && text_from_python(&answer, answer_source) == 0) {
        int left, right;
        do {
            left = next_token(self, &gold);
            right = left < 0 ? -1 : next_token(self, &answer);
        } while (left == 1 && right == 1 && same_token(&gold, &answer, answer.start, answer.end));
        if (left >= 0 && right >= 0)
            same = !left && !right;
    }
    text_free(&gold);
    text_free(&answer);
    return same < 0 ? NULL : PyBool_FromLong(same);
}

PyDoc_STRVAR(
    cutter_shingles_doc,
    "shingles(gold, answer, n, /)\n--\n\n"
    "Compare two texts' multisets of n-grams; a text of 1 to n-1 tokens is one shorter shingle.");

static PyObject *cutter_shingles(PyObject *object, PyObject *args)
{
    Cutter *self = (Cutter *)object;
    PyObject *gold_source, *answer_source, *result = NULL;
    long n;
    Numbers answer = {0};
    int32_t hits;
    if (!PyArg_ParseTuple(args, "OOl:shingles", &gold_source, &answer_source, &n) || checked_length(n) < 0)
        return NULL;
    Gold *gold = take_gold(self, gold_source);
    if (!gold)
        return NULL;
    int32_t expected = (int32_t)gold->tokens.count;
    if (gold->n != n) {
        grams_free(&gold->grams);
        gold->n = n;
        if (grams_build(&gold->grams, gold->tokens.items, expected, gold->words.count, n, self->seed) < 0) {
            gold_free(gold);
            return NULL;
        }
    }
    if (number_answer(self, gold, answer_source, &answer) < 0)
        goto done;
    int32_t predicted = (int32_t)answer.count;
    if (grams_shared(&gold->grams, answer.items, predicted, n, &hits) < 0)
        goto done;
    if (expected && expected < n && expected == predicted)
        hits = memcmp(gold->tokens.items, answer.items, (size_t)expected * sizeof(int32_t)) == 0;
    predicted = predicted >= n ? predicted - (int32_t)n + 1 : predicted > 0;
    expected = expected >= n ? expected - (int32_t)n + 1 : expected > 0;
    result = triple(hits, predicted, expected);
done:
    PyMem_Free(answer.items);
    keep_gold(self, gold);
    return result;
}

PyDoc_STRVAR(
    cutter_lcs_doc,
    "lcs(gold, answer, /)\n--\n\n"
    "Return the length of a longest common subsequence of two texts' tokens, and how many tokens\n"
    "answer and gold have.");

static PyObject *cutter_lcs(PyObject *object, PyObject *args)
{
    Cutter *self = (Cutter *)object;
    PyObject *gold_source, *answer_source, *result = NULL;
    Numbers answer = {0};
    if (!PyArg_ParseTuple(args, "OO:lcs", &gold_source, &answer_source))
        return NULL;
    Gold *gold = take_gold(self, gold_source);
    if (!gold)
        return NULL;
    if (number_answer(self, gold, answer_source, &answer) == 0) {
        int32_t expected = (int32_t)gold->tokens.count, predicted = (int32_t)answer.count;
        int32_t length = common_length(gold->tokens.items, expected, answer.items, predicted, gold->words.count);
        result = length < 0 ? NULL : triple(length, predicted, expected);
    }
    PyMem_Free(answer.items);
    keep_gold(self, gold);
    return result;
}

static int no_keywords(PyObject *keywords, const char *type)
{
    if (!keywords || PyDict_Size(keywords) == 0)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s takes no keyword arguments", type);
    return -1;
}

/* Objects are made whole in tp_new, so that there is no half-made one and no second __init__. */
static PyObject *cutter_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *classify;
    if (no_keywords(keywords, "Cutter") < 0 || !PyArg_ParseTuple(args, "O:Cutter", &classify))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Cutter *self = (Cutter *)allocate(type, 0);
    if (!self)
        return NULL;
    self->classify = Py_NewRef(classify);
    self->pages = GRAB_ZEROED(uint8_t *, PAGES);
    if (!self->pages || seed_of_process(&self->seed) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int cutter_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Cutter *)object)->classify);
    return 0;
}

/* `classify` stays until the end: a cutter in a cycle may still be called by a finaliser, and must not crash then. */
static void cutter_dealloc(PyObject *object)
{
    Cutter *self = (Cutter *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(self->classify);
    for (int i = 0; self->pages && i < PAGES; i++)
        PyMem_Free(self->pages[i]);
    PyMem_Free(self->pages);
    gold_free(self->gold);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static int cutter_clear(PyObject *object)
{
    Cutter *self = (Cutter *)object;
    PyObject *classify = self->classify;
    self->classify = Py_NewRef(Py_None);
    Py_XDECREF(classify);
    return 0;
}

static PyMethodDef cutter_methods[] = {
    {"tokens", cutter_tokens, METH_O, cutter_tokens_doc},
    {"same", cutter_same, METH_VARARGS, cutter_same_doc},
    {"shingles", cutter_shingles, METH_VARARGS, cutter_shingles_doc},
    {"lcs", cutter_lcs, METH_VARARGS, cutter_lcs_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(
    cutter_doc,
    "Cutter(classify, /)\n--\n\n"
    "Cuts text into tokens by a table of characters, filled as characters come:\n"
    "classify(first code point) -> 256 classes as bytes.\n"
    "Bits: 1 is a token alone, 2 continues such a token, 4 begins a run, 8 continues a run.");

static PyType_Slot cutter_slots[] = {
    {Py_tp_doc, (void *)cutter_doc},
    {Py_tp_new, (void *)cutter_new},
    {Py_tp_dealloc, (void *)cutter_dealloc},
    {Py_tp_traverse, (void *)cutter_traverse},
    {Py_tp_clear, (void *)cutter_clear},
    {Py_tp_methods, cutter_methods},
    {0, NULL},
};

static PyType_Spec cutter_spec = {
    .name = "harness.kernel._kernel.Cutter",
    .basicsize = sizeof(Cutter),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = cutter_slots,
};

/* Tiling: harness/kernel/tiling.py, step by step under the same names */

enum { SHORTEST = 6, GAP = 64, REST = 8, PLACES = 48, MOST_PLACES = 3 * PLACES, ROUNDS = 16, RUNS = 1 << 18, DIRECT = 256 };

/* Levels of n-grams by width: 1, 2, 4, 6, 8, 16, 32, then doubling; the widest fits into MOST tokens. */
enum { LEVELS = 31, LEVEL_2 = 1, LEVEL_32 = 6 };

static const struct {
    int width, left, right;
} narrow[LEVEL_32 + 1] = {{1, 0, 0}, {2, 0, 0}, {4, 1, 1}, {6, 2, 1}, {8, 2, 2}, {16, 4, 4}, {32, 5, 5}};

static int32_t width_of(int level)
{
    return level <= LEVEL_32 ? narrow[level].width : (int32_t)32 << (level - LEVEL_32);
}

static int left_of(int level)
{
    return level <= LEVEL_32 ? narrow[level].left : level - 1;
}

static int right_of(int level)
{
    return level <= LEVEL_32 ? narrow[level].right : level - 1;
}

/* Where each n-gram of a level stands: gram g in places[first[g] .. first[g] + tried[g]), at most PLACES of them,
 * body first if more. */
typedef struct {
    int32_t *first, *tried, *places;
} Index;

typedef struct {
    PyObject_HEAD
    uint64_t seed;
    int32_t size, blocks;
    int32_t *sequence, *starts, *block;
    uint8_t *rank;
    Pairs levels[LEVELS]; /* built as they are needed; level 0 is the sequence itself and has no pairs */
    Index index[LEVEL_32 + 1];
    /* Blocks of fewer than SHORTEST tokens. Equal ones of one class are a bucket, their starts in order;
     * bucket = kind * 3 + rank. */
    int32_t short_count, kinds;
    int32_t *short_start, *short_first;
    uint32_t *short_slots; /* a short block's index in page order + 1, by its content */
    size_t short_mask;
    int32_t *short_block, *short_kind; /* by index in page order: the number of the block, its kind */
} Tiling;

static int32_t level_count(int32_t size, int level)
{
    return size >= width_of(level) ? size - width_of(level) + 1 : 0;
}

static const int32_t *page_grams(const Tiling *self, int level)
{
    return level ? self->levels[level].ids : self->sequence;
}

static int build_level(Tiling *self, int level)
{
    if (level == 0 || self->levels[level].slots)
        return 0;
    int left = left_of(level), right = right_of(level);
    if (build_level(self, left) < 0 || build_level(self, right) < 0)
        return -1;
    Pairs pairs;
    int32_t count = level_count(self->size, level);
    /* Without a pair there is nothing to shift past: the pointer must not leave the array. */
    const int32_t *tail = page_grams(self, right) + (count ? width_of(left) : 0);
    if (pairs_build(&pairs, page_grams(self, left), tail, count, self->seed) < 0) {
        pairs_free(&pairs);
        return -1;
    }
    self->levels[level] = pairs;
    return 0;
}

static int build_index(Tiling *self, int level)
{
    Index *index = &self->index[level];
    const Pairs *pairs = &self->levels[level];
    index->first = GRAB_ZEROED(int32_t, (size_t)pairs->distinct + 1);
    index->tried = GRAB_ZEROED(int32_t, pairs->distinct);
    index->places = GRAB(int32_t, pairs->count);
    if (!index->first || !index->tried || !index->places)
        return -1;
    for (int32_t i = 0; i < pairs->count; i++)
        index->first[pairs->ids[i] + 1]++;
    for (int32_t gram = 0; gram < pairs->distinct; gram++)
        index->first[gram + 1] += index->first[gram];
    for (int32_t i = 0; i < pairs->count; i++) {
        int32_t gram = pairs->ids[i];
        index->places[index->first[gram] + index->tried[gram]++] = i;
    }
    for (int32_t gram = 0; gram < pairs->distinct; gram++) {
        if (index->tried[gram] <= PLACES)
            continue;
        int32_t chosen[MOST_PLACES], count = 0, *places = index->places + index->first[gram];
        for (int rank = 0; rank < 3; rank++) {
            int32_t before = count;
            for (int32_t i = 0; i < index->tried[gram] && count - before < PLACES; i++)
                if (self->rank[places[i]] == rank)
                    chosen[count++] = places[i];
        }
        memcpy(places, chosen, (size_t)count * sizeof *chosen);
        index->tried[gram] = count;
    }
    return 0;
}

static size_t short_hash(const int32_t *tokens, int32_t length, uint64_t seed)
{
    uint64_t hash = seed ^ (uint64_t)length;
    for (int32_t i = 0; i < length; i++)
        hash = mix(hash ^ (uint32_t)tokens[i]) + (uint64_t)i;
    return (size_t)hash;
}

/* Return the slot of a short block with these tokens, or the empty one where it would go. */
static size_t short_slot(const Tiling *self, const int32_t *tokens, int32_t length)
{
    size_t at = short_hash(tokens, length, self->seed) & self->short_mask;
    for (uint32_t slot; (slot = self->short_slots[at]); at = (at + 1) & self->short_mask) {
        int32_t block = self->short_block[slot - 1], start = self->starts[block];
        if (self->starts[block + 1] - start == length &&
            memcmp(self->sequence + start, tokens, (size_t)length * sizeof(int32_t)) == 0)
            break;
    }
    return at;
}

static int build_short(Tiling *self)
{
    self->short_block = GRAB(int32_t, self->blocks);
    self->short_kind = GRAB(int32_t, self->blocks);
    if (!self->short_block || !self->short_kind)
        return -1;
    for (int32_t block = 0; block < self->blocks; block++) {
        int32_t length = self->starts[block + 1] - self->starts[block];
        if (length > 0 && length < SHORTEST)
            self->short_block[self->short_count++] = block;
    }
    self->short_mask = table_mask(self->short_count);
    self->short_slots = GRAB_ZEROED(uint32_t, self->short_mask + 1);
    self->short_start = GRAB(int32_t, self->short_count);
    if (!self->short_slots || !self->short_start)
        return -1;
    for (int32_t i = 0; i < self->short_count; i++) {
        int32_t block = self->short_block[i], start = self->starts[block];
        size_t at = short_slot(self, self->sequence + start, self->starts[block + 1] - start);
        if (self->short_slots[at]) {
            self->short_kind[i] = self->short_kind[self->short_slots[at] - 1];
        } else {
            self->short_slots[at] = (uint32_t)i + 1;
            self->short_kind[i] = self->kinds++;
        }
    }
    /* Counting sort by bucket; as in occurrences_build, counts are kept two places up. */
    size_t buckets = (size_t)self->kinds * 3;
    self->short_first = GRAB_ZEROED(int32_t, buckets + 2);
    if (!self->short_first)
        return -1;
    for (int32_t i = 0; i < self->short_count; i++)
        self->short_first[(size_t)self->short_kind[i] * 3 + self->rank[self->starts[self->short_block[i]]] + 2]++;
    for (size_t bucket = 1; bucket <= buckets + 1; bucket++)
        self->short_first[bucket] += self->short_first[bucket - 1];
    for (int32_t i = 0; i < self->short_count; i++) {
        int32_t start = self->starts[self->short_block[i]];
        self->short_start[self->short_first[(size_t)self->short_kind[i] * 3 + self->rank[start] + 1]++] = start;
    }
    return 0;
}

/* Read a sequence of int, each from `low` to `high`. The caller frees `to->items`, also after a failure. */
static int numbers_from_python(PyObject *source, int32_t low, int32_t high, Numbers *to)
{
    memset(to, 0, sizeof *to);
    PyObject *copy = PySequence_Tuple(source);
    if (!copy)
        return -1;
    int failed = 0;
    for (Py_ssize_t i = 0; !failed && i < PyTuple_Size(copy); i++) {
        PyObject *item = PyTuple_GetItem(copy, i);
        if (!PyLong_Check(item)) {
            PyErr_SetString(PyExc_TypeError, "a number must be an int");
            failed = 1;
            break;
        }
        int overflow;
        long value = PyLong_AsLongAndOverflow(item, &overflow);
        if (overflow || value < low || value > high) {
            PyErr_SetString(PyExc_ValueError, "a token's number, a rank or a start is out of range");
            failed = 1;
            break;
        }
        failed = push(to, (int32_t)value) < 0;
    }
    Py_DECREF(copy);
    return failed ? -1 : 0;
}

static int fits(const Numbers *starts, Py_ssize_t size, int strictly)
{
    int good = starts->count && starts->items[0] == 0 && starts->items[starts->count - 1] == size;
    for (Py_ssize_t i = 1; good && i < starts->count; i++)
        good = starts->items[i] - starts->items[i - 1] >= strictly;
    if (!good)
        PyErr_SetString(PyExc_ValueError, "tokens, ranks and starts do not fit together");
    return good ? 0 : -1;
}

static int tiling_fill(Tiling *self, PyObject *sequence, PyObject *rank, PyObject *starts)
{
    Numbers tokens, ranks = {0}, from = {0};
    int result = -1;
    if (numbers_from_python(sequence, 0, INT32_MAX, &tokens) < 0 || numbers_from_python(rank, 0, 2, &ranks) < 0 ||
        numbers_from_python(starts, 0, INT32_MAX, &from) < 0 || fits(&from, tokens.count, 0) < 0)
        goto done;
    if (ranks.count != tokens.count) {
        PyErr_SetString(PyExc_ValueError, "tokens, ranks and starts do not fit together");
        goto done;
    }
    self->size = (int32_t)tokens.count;
    self->blocks = (int32_t)from.count - 1;
    self->rank = GRAB(uint8_t, self->size);
    self->block = GRAB(int32_t, self->size);
    self->sequence = GRAB(int32_t, self->size);
    self->starts = GRAB(int32_t, from.count);
    if (!self->rank || !self->block || !self->sequence || !self->starts)
        goto done;
    memcpy(self->starts, from.items, (size_t)from.count * sizeof(int32_t));
    for (int32_t i = 0; i < self->size; i++) {
        self->sequence[i] = tokens.items[i];
        self->rank[i] = (uint8_t)ranks.items[i];
    }
    for (int32_t block = 0; block < self->blocks; block++)
        for (int32_t i = self->starts[block]; i < self->starts[block + 1]; i++)
            self->block[i] = block;
    for (int level = LEVEL_2; level <= LEVEL_32; level++)
        if (build_level(self, level) < 0 || build_index(self, level) < 0)
            goto done;
    result = build_short(self);
done:
    PyMem_Free(tokens.items);
    PyMem_Free(ranks.items);
    PyMem_Free(from.items);
    return result;
}

static void tiling_dealloc(PyObject *object)
{
    Tiling *self = (Tiling *)object;
    PyTypeObject *type = Py_TYPE(object);
    for (int level = 0; level < LEVELS; level++)
        pairs_free(&self->levels[level]);
    for (int level = 0; level <= LEVEL_32; level++) {
        PyMem_Free(self->index[level].first);
        PyMem_Free(self->index[level].tried);
        PyMem_Free(self->index[level].places);
    }
    PyMem_Free(self->sequence);
    PyMem_Free(self->starts);
    PyMem_Free(self->block);
    PyMem_Free(self->rank);
    PyMem_Free(self->short_start);
    PyMem_Free(self->short_first);
    PyMem_Free(self->short_slots);
    PyMem_Free(self->short_block);
    PyMem_Free(self->short_kind);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static PyObject *tiling_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *sequence, *rank, *starts;
    if (no_keywords(keywords, "Tiling") < 0 || !PyArg_ParseTuple(args, "OOO:Tiling", &sequence, &rank, &starts))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Tiling *self = (Tiling *)allocate(type, 0); /* zeroed */
    if (!self)
        return NULL;
    if (seed_of_process(&self->seed) < 0 || tiling_fill(self, sequence, rank, starts) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* One answer being placed */

typedef struct {
    int32_t start, length, rank;
} Run;

typedef struct {
    Tiling *page;
    int32_t *answer, *source, *line_end; /* line_end[i]: where the line that starts at i ends, -1 where none starts */
    int32_t *free_answer, *free_page;
    int32_t *grams[LEVELS]; /* of the answer, by the page's numbers; [0] is the answer itself */
    uint8_t *used;
    /* Over short_start: the next free one from here on; one more than the last free one before here. */
    int32_t *up, *down;
    Run *runs;
    Py_ssize_t run_count, run_room;
    int32_t size;
} Placing;

static void placing_free(Placing *self)
{
    PyMem_Free(self->answer);
    PyMem_Free(self->source);
    PyMem_Free(self->line_end);
    PyMem_Free(self->free_answer);
    PyMem_Free(self->free_page);
    for (int level = 1; level < LEVELS; level++)
        PyMem_Free(self->grams[level]);
    PyMem_Free(self->used);
    PyMem_Free(self->up);
    PyMem_Free(self->down);
    PyMem_Free(self->runs);
}

static int answer_level(Placing *self, int level)
{
    if (self->grams[level])
        return 0;
    int left = left_of(level), right = right_of(level);
    if (build_level(self->page, level) < 0 || answer_level(self, left) < 0 || answer_level(self, right) < 0)
        return -1;
    int32_t count = level_count(self->size, level);
    const int32_t *tail = self->grams[right] + (count ? width_of(left) : 0);
    self->grams[level] = pairs_lookup(&self->page->levels[level], self->grams[left], tail, count);
    return self->grams[level] ? 0 : -1;
}

/* Measure how many tokens from `start` and `place` on are equal, at most `limit`, in *length, whose first tokens
 * are known to be. */
static int extent(Placing *self, int32_t start, int32_t place, int32_t limit, int32_t *length)
{
    const int32_t *answer = self->answer + start, *page = self->page->sequence + place;
    int32_t equal = *length, direct = limit < DIRECT ? limit : DIRECT;
    while (equal < direct && answer[equal] == page[equal])
        equal++;
    if (equal == DIRECT) {
        int level = LEVEL_32, steps = 8;
        for (;; level++, steps = 8) {
            int32_t width = width_of(level);
            /* The last level is wider than any text, so it ends the loop. */
            while (steps && equal + width <= limit) {
                if (answer_level(self, level) < 0)
                    return -1;
                if (self->grams[level][start + equal] != page_grams(self->page, level)[place + equal])
                    break;
                equal += width;
                steps--;
            }
            if (steps)
                break;
        }
        while (--level >= 0) {
            int32_t width = width_of(level);
            if (width == SHORTEST || equal + width > limit)
                continue;
            if (self->grams[level][start + equal] == page_grams(self->page, level)[place + equal])
                equal += width;
        }
    }
    *length = equal;
    return 0;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void free_ahead(Placing *self, int last_rank)
{
    int32_t count = 0;
    for (int32_t i = self->size - 1; i >= 0; i--)
        self->free_answer[i] = count = self->source[i] >= 0 ? 0 : count + 1;
    count = 0;
    for (int32_t i = self->page->size - 1; i >= 0; i--)
        self->free_page[i] = count = self->used[i] || self->page->rank[i] > last_rank ? 0 : count + 1;
}

static Run *new_run(Placing *self)
{
    if (self->run_count == self->run_room) {
        Py_ssize_t room = self->run_room ? self->run_room * 2 : 256;
        Run *runs = PyMem_Realloc(self->runs, (size_t)room * sizeof(Run));
        if (!runs) {
            PyErr_NoMemory();
            return NULL;
        }
        self->runs = runs;
        self->run_room = room;
    }
    return &self->runs[self->run_count++];
}

/* Note the free maximal runs of at least width(level) tokens. Return 1 if any were left out, -1 with an exception
 * set. */
static int find_runs(Placing *self, int level)
{
    const Tiling *page = self->page;
    const Index *index = &page->index[level];
    const int32_t *answer = self->answer, *sequence = page->sequence;
    int32_t k = width_of(level), count = level_count(self->size, level);
    self->run_count = 0;
    for (int32_t start = 0; start < count; start++) {
        int32_t gram = self->grams[level][start];
        if (gram < 0 || self->free_answer[start] < k)
            continue;
        Py_ssize_t first_run = self->run_count;
        if (first_run >= RUNS)
            return 1;
        for (int32_t i = 0; i < index->tried[gram]; i++) {
            int32_t place = index->places[index->first[gram] + i];
            if (self->free_page[place] < k)
                continue;
            if (start && place && answer[start - 1] == sequence[place - 1] && self->free_answer[start - 1] &&
                self->free_page[place - 1])
                continue; /* not maximal: found from one token earlier */
            int32_t limit = smaller(self->free_answer[start], self->free_page[place]), length = k;
            if (extent(self, start, place, limit, &length) < 0)
                return -1;
            int32_t rank = page->rank[place + length / 2];
            Py_ssize_t at = first_run;
            while (at < self->run_count && self->runs[at].length != length)
                at++;
            if (at == self->run_count) {
                Run *run = new_run(self);
                if (!run)
                    return -1;
                *run = (Run){start, length, rank};
            } else if (rank < self->runs[at].rank) {
                self->runs[at].rank = rank;
            }
        }
    }
    return 0;
}

static int compare_runs(const void *left, const void *right)
{
    const Run *x = left, *y = right;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

typedef struct {
    int32_t before, after;
} Neighbours;

static Neighbours neighbours(const Placing *self, int32_t start, int32_t end)
{
    Neighbours found = {-1, self->page->size};
    for (int32_t i = start - 1; i >= 0 && i >= start - 2 * GAP; i--)
        if (self->source[i] >= 0) {
            found.before = self->source[i];
            break;
        }
    for (int32_t i = end; i < self->size && i < end + 2 * GAP; i++)
        if (self->source[i] >= 0) {
            found.after = self->source[i];
            break;
        }
    return found;
}

static void take(Placing *self, int32_t start, int32_t place, int32_t length)
{
    for (int32_t i = 0; i < length; i++)
        self->source[start + i] = place + i;
    memset(self->used + place, 1, (size_t)length);
}

/* Return the first of the best places: by class `middle` tokens in, in the page's order, nearest. */
static int32_t best_of(
    const Placing *self, const int32_t *places, int32_t count, int32_t start, int32_t length, int32_t middle)
{
    if (count < 2)
        return count ? places[0] : -1;
    Neighbours near = neighbours(self, start, start + length);
    int32_t best = -1, best_distance = 0;
    int best_rank = 0, best_outside = 0;
    for (int32_t i = 0; i < count; i++) {
        int rank = self->page->rank[places[i] + middle], outside = !(near.before < places[i] && places[i] < near.after);
        int32_t distance = places[i] < near.before ? near.before - places[i] : places[i] - near.before;
        if (best < 0 || rank < best_rank ||
            (rank == best_rank && (outside < best_outside || (outside == best_outside && distance < best_distance)))) {
            best = places[i];
            best_rank = rank;
            best_outside = outside;
            best_distance = distance;
        }
    }
    return best;
}

/* Return 1 if another round may find more, 0 if not, -1 with an exception set. */
static int round_of(Placing *self, int level, int last_rank)
{
    const Index *index = &self->page->index[level];
    int32_t k = width_of(level);
    free_ahead(self, last_rank);
    int cut = find_runs(self, level);
    if (cut < 0)
        return -1;
    if (self->run_count)
        qsort(self->runs, (size_t)self->run_count, sizeof(Run), compare_runs);
    for (Py_ssize_t at = 0; at < self->run_count; at++) {
        int32_t start = self->runs[at].start, length = self->runs[at].length;
        if (self->source[start] >= 0 || self->source[start + length - 1] >= 0) {
            cut = 1;
            continue;
        }
        int32_t free_places[MOST_PLACES], count = 0, gram = self->grams[level][start];
        for (int32_t i = 0; i < index->tried[gram]; i++) {
            int32_t place = index->places[index->first[gram] + i], equal = k;
            if (self->free_page[place] < length || self->used[place] || self->used[place + length - 1])
                continue;
            if (extent(self, start, place, length, &equal) < 0)
                return -1;
            if (equal == length)
                free_places[count++] = place;
        }
        int32_t place = best_of(self, free_places, count, start, length, length / 2);
        if (place < 0)
            cut = 1;
        else
            take(self, start, place, length);
    }
    return cut;
}

/* Match the free ones of the answer positions [start, end) with free page places, at most GAP of each, in one LCS. */
static void match_gap(Placing *self, int32_t start, int32_t end, const int32_t *places, int count)
{
    uint8_t table[GAP + 1][GAP + 1];
    int32_t positions[GAP];
    int rows = 0;
    for (int32_t i = start; i < end; i++)
        if (self->source[i] < 0)
            positions[rows++] = i;
    if (!rows || !count)
        return;
    const int32_t *answer = self->answer, *sequence = self->page->sequence;
    memset(table[rows], 0, (size_t)count + 1);
    for (int i = rows - 1; i >= 0; i--) {
        table[i][count] = 0;
        for (int j = count - 1; j >= 0; j--) {
            uint8_t down = table[i + 1][j], right = table[i][j + 1];
            if (answer[positions[i]] == sequence[places[j]])
                table[i][j] = (uint8_t)(table[i + 1][j + 1] + 1);
            else
                table[i][j] = down > right ? down : right;
        }
    }
    for (int i = 0, j = 0; i < rows && j < count;) {
        if (answer[positions[i]] == sequence[places[j]])
            take(self, positions[i++], places[j++], 1);
        else if (table[i + 1][j] >= table[i][j + 1])
            i++;
        else
            j++;
    }
}

/* Go to the next run of answer tokens without a source, as `taken_by` was when the step began. Return 0 at the end. */
static int next_free_run(const int32_t *taken_by, int32_t size, int32_t *start, int32_t *end)
{
    int32_t i = *end;
    while (i < size && taken_by[i] >= 0)
        i++;
    *start = i;
    while (i < size && taken_by[i] < 0)
        i++;
    *end = i;
    return *start < size;
}

static void gaps(Placing *self, const int32_t *taken_by)
{
    const Tiling *page = self->page;
    for (int32_t start = 0, end = 0; next_free_run(taken_by, self->size, &start, &end);) {
        int32_t before = start ? self->source[start - 1] : -1, after = end < self->size ? self->source[end] : -1;
        int32_t places[GAP];
        int count = 0;
        if (before >= 0 && after > before && end - start <= GAP && after - before - 1 <= GAP) {
            int32_t first = page->block[before], last = page->block[after];
            for (int32_t place = before + 1; place < after; place++)
                if (!self->used[place] &&
                    (page->rank[place] == 0 || page->block[place] == first || page->block[place] == last))
                    places[count++] = place;
            match_gap(self, start, end, places, count);
            continue;
        }
        if (before >= 0) {
            int32_t stop = smaller(before + 1 + REST, page->starts[page->block[before] + 1]);
            for (int32_t place = before + 1; place < stop; place++)
                if (!self->used[place])
                    places[count++] = place;
            match_gap(self, start, smaller(end, start + REST), places, count);
        }
        if (after >= 0) {
            count = 0;
            for (int32_t place = larger(after - REST, page->starts[page->block[after]]); place < after; place++)
                if (!self->used[place])
                    places[count++] = place;
            match_gap(self, larger(start, end - REST), end, places, count);
        }
    }
}

static int any_used(const Placing *self, int32_t place, int32_t length)
{
    for (int32_t i = place; i < place + length; i++)
        if (self->used[i])
            return 1;
    return 0;
}

static int is_line(const Placing *self, int32_t start, int32_t end)
{
    return self->line_end[start] == end;
}

static int32_t find(int32_t *link, int32_t at)
{
    while (link[at] != at)
        at = link[at] = link[link[at]];
    return at;
}

/* Take from a bucket the first free place between two neighbours, or else, if `anywhere`, the one nearest to the
 * first; -1 if none. */
static int32_t pop_short(Placing *self, size_t bucket, Neighbours near, int anywhere)
{
    const int32_t *starts = self->page->short_start;
    int32_t first = self->page->short_first[bucket], last = self->page->short_first[bucket + 1];
    int32_t low = first, high = last;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (starts[middle] <= near.before)
            low = middle + 1;
        else
            high = middle;
    }
    int32_t higher = find(self->up, low), lower = find(self->down, low) - 1, chosen;
    if (higher < last && starts[higher] < near.after)
        chosen = higher;
    else if (!anywhere)
        return -1;
    else if (higher >= last || (lower >= first && near.before - starts[lower] <= starts[higher] - near.before))
        chosen = lower;
    else
        chosen = higher;
    if (chosen < first)
        return -1;
    self->up[chosen] = chosen + 1;
    self->down[chosen + 1] = chosen;
    return starts[chosen];
}

/* Take the longest short block that begins at answer position `start`; return its length, 0 if there is none. */
static int32_t short_block_at(Placing *self, int32_t start, int32_t end)
{
    const Tiling *page = self->page;
    for (int32_t length = smaller(SHORTEST - 1, end - start); length > 0; length--) {
        uint32_t slot = page->short_slots[short_slot(page, self->answer + start, length)];
        if (!slot)
            continue;
        Neighbours near = neighbours(self, start, start + length);
        for (size_t rank = 0; rank < 3; rank++) {
            size_t bucket = (size_t)page->short_kind[slot - 1] * 3 + rank;
            int32_t place = pop_short(self, bucket, near, is_line(self, start, start + length));
            if (place >= 0) {
                take(self, start, place, length);
                return length;
            }
        }
    }
    return 0;
}

static int short_blocks(Placing *self, const int32_t *taken_by)
{
    const Tiling *page = self->page;
    if (!page->short_count)
        return 0;
    self->up = GRAB(int32_t, (size_t)page->short_count + 1);
    self->down = GRAB(int32_t, (size_t)page->short_count + 1);
    if (!self->up || !self->down)
        return -1;
    for (int32_t i = 0; i <= page->short_count; i++)
        self->up[i] = self->down[i] = i;
    for (int32_t i = 0; i < page->short_count; i++) {
        int32_t start = page->short_start[i], length = page->starts[page->block[start] + 1] - start;
        if (any_used(self, start, length)) {
            self->up[i] = i + 1;
            self->down[i + 1] = i;
        }
    }
    for (int32_t start = 0, end = 0; next_free_run(taken_by, self->size, &start, &end);)
        for (int32_t position = start, taken; position < end; position += taken ? taken : 1)
            taken = short_block_at(self, position, end);
    return 0;
}

static int compare_places(const void *left, const void *right)
{
    int32_t x = *(const int32_t *)left, y = *(const int32_t *)right;
    return (x > y) - (x < y);
}

static int short_lines(Placing *self, const int32_t *taken_by)
{
    const Tiling *page = self->page;
    const Index *index = &page->index[LEVEL_2];
    if (answer_level(self, LEVEL_2) < 0)
        return -1;
    for (int32_t start = 0, end = 0; next_free_run(taken_by, self->size, &start, &end);) {
        int32_t length = end - start, places[MOST_PLACES], count = 0;
        if (length < 2 || length >= SHORTEST || !is_line(self, start, end))
            continue;
        int32_t gram = self->grams[LEVEL_2][start];
        for (int32_t i = 0; gram >= 0 && i < index->tried[gram]; i++) {
            int32_t place = index->places[index->first[gram] + i];
            if (place + length <= page->starts[page->block[place] + 1] && !any_used(self, place, length) &&
                memcmp(page->sequence + place, self->answer + start, (size_t)length * sizeof(int32_t)) == 0)
                places[count++] = place;
        }
        if (count > 1)
            qsort(places, (size_t)count, sizeof *places, compare_places);
        int32_t place = best_of(self, places, count, start, length, 0);
        if (place >= 0)
            take(self, start, place, length);
    }
    return 0;
}

/* The steps after tiling go over the free runs as they were when the step began, so each gets a copy of `source`. */
static int after_tiling(Placing *self)
{
    size_t bytes = (size_t)self->size * sizeof(int32_t);
    int32_t *taken_by = GRAB(int32_t, self->size);
    if (!taken_by)
        return -1;
    memcpy(taken_by, self->source, bytes);
    gaps(self, taken_by);
    memcpy(taken_by, self->source, bytes);
    int failed = short_blocks(self, taken_by) < 0;
    memcpy(taken_by, self->source, bytes);
    failed = failed || short_lines(self, taken_by) < 0;
    PyMem_Free(taken_by);
    return failed ? -1 : 0;
}

static int place_all(Placing *self)
{
    static const int levels[] = {6, 5, 4, 3}; /* of widths 32, 16, 8, 6 */
    int present[3] = {0, 0, 0};
    for (int32_t i = 0; i < self->page->size; i++)
        present[self->page->rank[i]] = 1;
    for (int last_rank = 0; last_rank < 3; last_rank++) {
        for (size_t i = 0; present[last_rank] && i < sizeof levels / sizeof *levels; i++) {
            int more = answer_level(self, levels[i]) < 0 ? -1 : 1;
            for (int round = 0; more > 0 && round < ROUNDS; round++)
                more = round_of(self, levels[i], last_rank);
            if (more < 0)
                return -1;
        }
    }
    return after_tiling(self);
}

PyDoc_STRVAR(tiling_place_doc, "place(answer, line_starts, /)\n--\n\nSee harness.kernel.tiling.");

static PyObject *tiling_place(PyObject *object, PyObject *args)
{
    Tiling *page = (Tiling *)object;
    PyObject *answer_source, *lines_source, *result = NULL;
    Numbers answer = {0}, lines = {0};
    Placing self;
    memset(&self, 0, sizeof self);
    self.page = page;
    if (!PyArg_ParseTuple(args, "OO:place", &answer_source, &lines_source))
        return NULL;
    if (numbers_from_python(answer_source, -1, INT32_MAX, &answer) < 0 ||
        numbers_from_python(lines_source, 0, INT32_MAX, &lines) < 0 ||
        fits(&lines, answer.count, 1) < 0)
        goto done;
    self.size = (int32_t)answer.count;
    self.answer = self.grams[0] = GRAB(int32_t, self.size);
    self.source = GRAB(int32_t, self.size);
    self.line_end = GRAB(int32_t, self.size);
    self.free_answer = GRAB(int32_t, self.size);
    self.free_page = GRAB(int32_t, page->size);
    self.used = GRAB_ZEROED(uint8_t, page->size);
    if (!self.answer || !self.source || !self.line_end || !self.free_answer || !self.free_page || !self.used)
        goto done;
    for (int32_t i = 0; i < self.size; i++) {
        self.answer[i] = answer.items[i];
        self.source[i] = self.line_end[i] = -1;
    }
    for (Py_ssize_t i = 0; i + 1 < lines.count; i++)
        self.line_end[lines.items[i]] = lines.items[i + 1];
    if (self.size && page->size && place_all(&self) < 0)
        goto done;
    result = PyList_New(self.size);
    for (int32_t i = 0; result && i < self.size; i++) {
        PyObject *place = PyLong_FromLong(self.source[i]);
        if (!place || PyList_SetItem(result, i, place) < 0)
            Py_CLEAR(result);
    }
done:
    PyMem_Free(answer.items);
    PyMem_Free(lines.items);
    placing_free(&self);
    return result;
}

static PyMethodDef tiling_methods[] = {
    {"place", tiling_place, METH_VARARGS, tiling_place_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(tiling_doc, "Tiling(sequence, rank, starts, /)\n--\n\nSee harness.kernel.tiling.");

static PyType_Slot tiling_slots[] = {
    {Py_tp_doc, (void *)tiling_doc},
    {Py_tp_new, (void *)tiling_new},
    {Py_tp_dealloc, (void *)tiling_dealloc},
    {Py_tp_methods, tiling_methods},
    {0, NULL},
};

static PyType_Spec tiling_spec = {
    .name = "harness.kernel._kernel.Tiling",
    .basicsize = sizeof(Tiling),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = tiling_slots,
};

/* The module */

static int add_types(PyObject *module)
{
    PyType_Spec *specs[] = {&cutter_spec, &tiling_spec};
    for (int i = 0; i < 2; i++) {
        PyObject *type = PyType_FromModuleAndSpec(module, specs[i], NULL);
        int failed = !type || PyModule_AddType(module, (PyTypeObject *)type) < 0;
        Py_XDECREF(type);
        if (failed)
            return -1;
    }
    return 0;
}

static PyMethodDef module_methods[] = {
    {"ngram_overlap", ngram_overlap, METH_VARARGS, ngram_overlap_doc},
    {"set_overlap", set_overlap, METH_VARARGS, set_overlap_doc},
    {"lcs_length", lcs_length, METH_VARARGS, lcs_length_doc},
    {"lcs_positions", lcs_positions, METH_VARARGS, lcs_positions_doc},
    {"union_lcs", union_lcs, METH_VARARGS, union_lcs_doc},
    {"matching_blocks", matching_blocks, METH_VARARGS, matching_blocks_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, (void *)add_types},
    {0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "harness.kernel._kernel",
    .m_doc = "The compiled kernel; see harness.kernel.",
    .m_methods = module_methods,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModuleDef_Init(&module);
}
