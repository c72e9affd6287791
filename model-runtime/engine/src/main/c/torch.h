// The part of libtorch's stable C interface that operators written in C need (torch/csrc/inductor/aoti_torch/c/shim.h, libtorch
// 2.7): declared here, so that no C++ header of libtorch is needed to build them. An operator gets its arguments in a stack of
// 64-bit words, owns the tensors among them, and leaves its result in the first word.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef uint64_t Word;
typedef void *Tensor;
typedef void (*Operator)(Word *stack, uint64_t arguments, uint64_t results);

extern int32_t aoti_torch_library_init_def(const char *, const char *, uint32_t, void **);
extern int32_t aoti_torch_library_init_impl(const char *, const char *, const char *, uint32_t, void **);
extern int32_t aoti_torch_library_def(void *, const char *);
extern int32_t aoti_torch_library_impl(void *, const char *, Operator);
extern int32_t aoti_torch_get_data_ptr(Tensor, void **);
extern int32_t aoti_torch_get_size(Tensor, int64_t, int64_t *);
extern int32_t aoti_torch_get_dtype(Tensor, int32_t *);
extern int32_t aoti_torch_delete_tensor_object(Tensor);
extern int32_t aoti_torch_empty_strided(int64_t, const int64_t *, const int64_t *, int32_t, int32_t, int32_t, Tensor *);
// c10::detail::torchCheckFail(function, file, line, message) throws c10::Error. The stable interface has no way to fail, but an
// exception passes through the frames of C, which have unwind tables.
extern _Noreturn void torch_check_fail(const char *, const char *, uint32_t, const char *) __asm__("_ZN3c106detail14torchCheckFailEPKcS2_jS2_");

// Ends the operator with an error, on the thread that called it, after it has released what it owns.
_Noreturn static inline void fail(const char *message) { torch_check_fail("operator", "kernels.c", 0, message); }

enum { UINT8 = 0, INT32 = 3, FLOAT16 = 5, FLOAT32 = 6, FLOAT64 = 7, BFLOAT16 = 15 };

static inline Tensor tensor_of(Word word) { return (Tensor)word; }
static inline int64_t int_of(Word word) { return (int64_t)word; }
static inline double float_of(Word word) {
  double value;
  __builtin_memcpy(&value, &word, sizeof value);
  return value;
}

// The address of a contiguous tensor's first element.
static inline void *data_of(Tensor tensor) {
  void *data = NULL;
  aoti_torch_get_data_ptr(tensor, &data);
  return data;
}

static inline int64_t size_of(Tensor tensor, int dimension) {
  int64_t size = 0;
  aoti_torch_get_size(tensor, dimension, &size);
  return size;
}

static inline int type_of(Tensor tensor) {
  int32_t type = -1;
  aoti_torch_get_dtype(tensor, &type);
  return type;
}

// A new contiguous tensor [rows, columns], not initialised.
static inline Tensor new_matrix(int64_t rows, int64_t columns, int type) {
  int64_t sizes[2] = {rows, columns}, strides[2] = {columns, 1};
  Tensor tensor = NULL;
  aoti_torch_empty_strided(2, sizes, strides, type, 0 /* CPU */, -1, &tensor);
  return tensor;
}

// A new byte tensor [count], not initialised.
static inline Tensor new_bytes(int64_t count) {
  int64_t stride = 1;
  Tensor tensor = NULL;
  aoti_torch_empty_strided(1, &count, &stride, UINT8, 0 /* CPU */, -1, &tensor);
  return tensor;
}

static inline void release(Tensor tensor) { aoti_torch_delete_tensor_object(tensor); }

// Makes an operator known under its C function's name.
static inline void define(void *library, void *implementation, const char *schema, const char *name, Operator body) {
  aoti_torch_library_def(library, schema);
  aoti_torch_library_impl(implementation, name, body);
}
#define OPERATOR(name, signature) define(library, implementation, #name signature, #name, name)
