# mote_room(NAME [LINKS …]): a room of src/ becomes the library mote_NAME and, from its *_test.cpp files, the test program
# NAME_test.  Sources are found by being there (sorted, so that builds are the same everywhere).
function(mote_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS;SYSTEM_LINKS;SOURCES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(SORT sources)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(NOT sources AND NOT ROOM_SOURCES)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/empty_${name}.cpp CONTENT "// no sources\n")
    set(sources ${CMAKE_BINARY_DIR}/generated/empty_${name}.cpp)
  endif()
  add_library(mote_${name} STATIC ${sources} ${ROOM_SOURCES})
  target_include_directories(mote_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(mote_${name} PUBLIC mote_options ${ROOM_SYSTEM_LINKS})
  foreach(other ${ROOM_LINKS})
    target_link_libraries(mote_${name} PUBLIC mote_${other})
  endforeach()
  if(tests AND MOTE_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE mote_${name} mote_test_support GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE MOTE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." PROPERTIES LABELS fast DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

# mote_registry(ROOM PREFIX TYPE FUNCTION OUT): generates the table of a plug-in folder: every source file below src/ROOM
# that is not a test, in order, as a call of PREFIX<path with _>.
function(mote_registry folder prefix type header function out)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/${folder} ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER files EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  list(SORT files)
  set(declarations "")
  set(entries "")
  foreach(file ${files})
    string(REGEX REPLACE "\\.cpp$" "" stem ${file})
    string(REPLACE "/" "_" stem ${stem})
    string(APPEND declarations "const ::mote::${type}& ${prefix}${stem}();\n")
    string(APPEND entries "    &${prefix}${stem}(),\n")
  endforeach()
  string(REPLACE "/" "_" file_name ${folder})
  set(path ${CMAKE_BINARY_DIR}/generated/registry_${file_name}.cpp)
  file(CONFIGURE OUTPUT ${path} CONTENT
"// Generated from the files below ${folder}: being there is the registration.
#include \"${header}\"
${declarations}
namespace mote {
std::span<const ${type}* const> ${function}() {
  static const std::vector<const ${type}*> table = {
${entries}  };
  return table;
}
}  // namespace mote
")
  set(${out} ${path} PARENT_SCOPE)
endfunction()
