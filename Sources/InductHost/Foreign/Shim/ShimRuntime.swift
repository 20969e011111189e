// SPDX-License-Identifier: Apache-2.0

/// The part of a shim that is the same in all of them, in C: errors, memory, the configuration, random words, maps.
enum ShimRuntime {
    static let text = #"""
        static inline induct_status fail(induct_error *error, induct_status status, const char *message) {
            if (error && error->struct_size >= sizeof *error) {
                error->status = status;
                snprintf(error->message, sizeof error->message, "%s", message);
            }
            return status;
        }

        static inline induct_status fail_sample(induct_error *error, uint64_t index, const char *message) {
            char text[320];
            snprintf(text, sizeof text, "sample %llu: %s", (unsigned long long)index, message);
            return fail(error, INDUCT_INTERNAL, text);
        }

        /* Blocks that are freed together. */
        typedef struct memory {
            void *blocks[128];
            int count;
            int failed;
        } memory;

        static inline void *take(memory *all, size_t bytes) {
            void *block = all->count < 128 ? calloc(1, bytes ? bytes : 1) : NULL;
            if (block) all->blocks[all->count++] = block;
            else all->failed = 1;
            return block;
        }

        static inline void give_back(memory *all) {
            for (int i = 0; i < all->count; i++) free(all->blocks[i]);
            all->count = 0;
        }

        /* The random words of a sample, one after the other. */
        typedef struct stream {
            uint64_t seed, index;
            uint32_t purpose, word;
            uint32_t block[4];
        } stream;

        static inline uint32_t next_word(stream *words) {
            if ((words->word & 3u) == 0)
                induct_random_block(words->seed, words->purpose, words->index, words->word >> 2, words->block);
            return words->block[words->word++ & 3u];
        }

        static inline uint64_t next_bits(stream *words, int count) {
            uint64_t bits = next_word(words);
            if (count > 32) bits |= (uint64_t)next_word(words) << 32;
            return bits & (UINT64_MAX >> (64 - count));
        }

        static inline double next_uniform(stream *words) { return (double)(int64_t)(next_bits(words, 64) >> 11) * 0x1p-53; }
        static inline float next_uniform_float(stream *words) { return induct_uniform_float(next_word(words)); }

        /* Past one JSON value that the host has written. */
        static inline const char *skip(const char *at) {
            int depth = 0;
            for (; *at; at++) {
                if (*at == '"') {
                    for (at++; *at && *at != '"'; at++)
                        if (*at == '\\' && at[1]) at++;
                    if (!*at) return at;
                } else if (*at == '{' || *at == '[') depth++;
                else if (*at == '}' || *at == ']') {
                    if (depth == 0) return at;
                    depth--;
                } else if ((*at == ',' || *at == ':') && depth == 0) return at;
            }
            return at;
        }

        /* The value of a key of the configuration, an object that the host has checked and completed. */
        static inline const char *member(const char *config, const char *key) {
            const size_t length = strlen(key);
            const char *at = strchr(config, '{');
            while (at && *at && *at != '}') {
                at++;
                while (*at == ' ') at++;
                const int found = *at == '"' && strncmp(at + 1, key, length) == 0 && at[1 + length] == '"';
                at = skip(at);
                if (*at != ':') return "";
                at++;
                while (*at == ' ') at++;
                if (found) return at;
                at = skip(at);
            }
            return "";
        }

        static inline int64_t integer_at(const char *at) {
            if (*at == 't') return 1;
            return strtoll(at, NULL, 10);
        }

        static inline const char *list_at(const char *at, size_t *count) {
            *count = 0;
            if (*at != '[') return at;
            const char *first = at + 1;
            for (at = first; *at && *at != ']';) {
                (*count)++;
                at = skip(at);
                if (*at == ',') at++;
            }
            return first;
        }

        static inline const char *next_entry(const char *at) {
            at = skip(at);
            return *at == ',' ? at + 1 : at;
        }

        static inline char *text_at(memory *all, const char *at) {
            char *text = (char *)take(all, strlen(at) + 1), *end = text;
            if (!text || *at != '"') return text;
            for (at++; *at && *at != '"'; at++) {
                if (*at != '\\') {
                    *end++ = *at;
                    continue;
                }
                at++;
                switch (*at) {
                case 'n': *end++ = '\n'; break;
                case 't': *end++ = '\t'; break;
                case 'r': *end++ = '\r'; break;
                case 'b': *end++ = '\b'; break;
                case 'f': *end++ = '\f'; break;
                case 'u': {
                    /* The host writes only control characters in this way. */
                    char digits[5] = {at[1], at[2], at[3], at[4], 0};
                    *end++ = (char)strtol(digits, NULL, 16);
                    at += 4;
                    break;
                }
                default: *end++ = *at;
                }
            }
            return text;
        }

        /* Numbers as tokens and classes; 0 when they are none. */
        static inline int map_identity(int64_t value, int64_t limit, int32_t *token) {
            *token = (int32_t)value;
            return value >= 0 && value < limit;
        }
        static inline int map_identity_unsigned(uint64_t value, int64_t limit, int32_t *token) {
            *token = (int32_t)value;
            return value < (uint64_t)limit;
        }
        static inline int map_identity_real(double value, int64_t limit, int32_t *token) {
            if (!(value >= 0 && value < (double)limit)) return 0;
            *token = (int32_t)value;
            return (double)*token == value;
        }
        static inline int map_clamp(double value, int64_t limit, int32_t *token) {
            if (!(value >= 0)) return 0;
            if (value >= (double)limit) {
                *token = (int32_t)(limit - 1);
                return value >= 0x1p53 || (double)(int64_t)value == value;
            }
            *token = (int32_t)value;
            return (double)*token == value;
        }
        static inline int map_floor(double value, double low, double high, int64_t limit, int32_t *token) {
            if (!(value >= low && value < high)) return 0;
            const double scaled = (value - low) / (high - low) * (double)limit;
            *token = scaled >= (double)limit ? (int32_t)(limit - 1) : (int32_t)scaled;
            return 1;
        }
        static inline int map_modulo(int64_t value, int64_t limit, int32_t *token) {
            const int64_t rest = value % limit;
            *token = (int32_t)(rest < 0 ? rest + limit : rest);
            return 1;
        }
        static inline int map_modulo_unsigned(uint64_t value, int64_t limit, int32_t *token) {
            *token = (int32_t)(value % (uint64_t)limit);
            return 1;
        }
        static inline int map_edges(double value, const double *edges, int count, int32_t *token) {
            *token = 0;
            while (*token < count && edges[*token] <= value) ++*token;
            return value == value;
        }

        """#
}
