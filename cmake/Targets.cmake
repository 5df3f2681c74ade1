# How every target of Holdfast is built: warnings, sanitizers, include root.
include(GNUInstallDirs)

add_library(holdfast_flags INTERFACE)
# Of C++ alone: the page is put into the program by the assembler.
set(of_cxx "$<COMPILE_LANGUAGE:CXX>")
target_compile_options(holdfast_flags INTERFACE
  $<${of_cxx}:-Wall> $<${of_cxx}:-Wextra> $<${of_cxx}:-Wpedantic>
  $<$<AND:${of_cxx},$<BOOL:${HOLDFAST_WERROR}>>:-Werror>)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # It takes a source that another one includes for a header.
  target_compile_options(holdfast_flags INTERFACE -Wno-subobject-linkage)
endif()
if(HOLDFAST_SANITIZE)
  target_compile_options(holdfast_flags INTERFACE
    $<${of_cxx}:-fsanitize=${HOLDFAST_SANITIZE}>
    $<${of_cxx}:-fno-sanitize-recover=all>
    $<${of_cxx}:-fno-omit-frame-pointer>)
  # A fifth of the time to compile; what remains in the headers of others is
  # what they do with our values, such as overflow in <chrono>.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND
     HOLDFAST_SANITIZE MATCHES "undefined")
    # As the compiler is run in the build folder, so that ccache finds what
    # another clone has compiled.
    file(RELATIVE_PATH ignored "${CMAKE_BINARY_DIR}"
         "${CMAKE_CURRENT_LIST_DIR}/sanitizers.txt")
    target_compile_options(holdfast_flags INTERFACE
      $<${of_cxx}:-fsanitize-ignorelist=${ignored}>)
  endif()
  target_link_options(holdfast_flags INTERFACE
    -fsanitize=${HOLDFAST_SANITIZE})
endif()
# It links in a fifth of the time.
find_program(LLD ld.lld)
if(LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(holdfast_flags INTERFACE -fuse-ld=lld)
endif()
if(HOLDFAST_SANITIZE STREQUAL "thread")
  # ThreadSanitizer knows no fences (-Wtsan). Asio's go around handlers whose
  # hand-over between threads a mutex of its io_context orders as well.
  target_compile_definitions(holdfast_flags INTERFACE
                             BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

# holdfast_library(NAME [DEPENDENCY...]): the static library of one folder,
# holdfast::NAME. Warnings and sanitizers stay out of what is installed.
function(holdfast_library name)
  file(GLOB sources CONFIGURE_DEPENDS ${name}/*.cpp)
  add_library(holdfast_${name} STATIC ${sources})
  add_library(holdfast::${name} ALIAS holdfast_${name})
  set_target_properties(holdfast_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(holdfast_${name} PUBLIC cxx_std_20)
  target_include_directories(holdfast_${name} PUBLIC
    "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/holdfast>")
  target_link_libraries(holdfast_${name}
                        PRIVATE "$<BUILD_INTERFACE:holdfast_flags>")
  foreach(dependency ${ARGN})
    target_link_libraries(holdfast_${name} PUBLIC holdfast_${dependency})
  endforeach()
endfunction()

# holdfast_precompile(TARGET [REUSE_FROM TARGET]): for targets that know CAF.
function(holdfast_precompile name)
  if(NOT HOLDFAST_PRECOMPILE)
    return()
  endif()
  if(ARGN)
    target_precompile_headers(${name} ${ARGN})
  else()
    target_precompile_headers(${name} PRIVATE
                              "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp")
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess) # for ccache
  endif()
endfunction()

# holdfast_test(NAME SOURCES... LINK TARGET... [TIMEOUT SECONDS]): a doctest
# program and its ctest entry. What hangs fails after 300 seconds, or TIMEOUT.
function(holdfast_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES}
                 "${CMAKE_SOURCE_DIR}/tests/time_limit.cpp")
  target_link_libraries(${name} PRIVATE holdfast_flags test_main
                        ${arg_LINK})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  # More of them together would have to agree on names.
  set_target_properties(${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 8)
  # Tests are compiled more often than they are run.
  target_compile_options(${name} PRIVATE -O0)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  math(EXPR seconds "${arg_TIMEOUT} - 10") # tests/time_limit.cpp
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "HOLDFAST_TEST_SECONDS=${seconds}")
endfunction()
