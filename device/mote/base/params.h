// A kernel's Params struct, written once.  The X-macro lists type and name of each field; the struct gets the
// fields and `each_field`, from which the host prints, stores and hashes it.  On the device `each_field` is never instantiated.
//
//   #define MOTE_CLAMP_S8_FIELDS(FIELD) FIELD(int32_t, count) FIELD(int32_t, min) FIELD(int32_t, max)
//   MOTE_PARAMS(ClampS8Params, MOTE_CLAMP_S8_FIELDS)
//
// Params have no member initialisers: they stay C++11 aggregates, so that generated code can write `static constexpr`.
#ifndef MOTE_BASE_PARAMS_H
#define MOTE_BASE_PARAMS_H

#define MOTE_FIELD_DECLARE(type, name) type name;
#define MOTE_FIELD_VISIT(type, name) visitor(#type, #name, name);

#define MOTE_PARAMS(Name, FIELDS)                    \
  struct Name {                                      \
    FIELDS(MOTE_FIELD_DECLARE)                       \
    static const char* type_name() { return #Name; } \
    template <class Visitor>                         \
    void each_field(const Visitor& visitor) {        \
      FIELDS(MOTE_FIELD_VISIT)                       \
    }                                                \
  };

#endif
