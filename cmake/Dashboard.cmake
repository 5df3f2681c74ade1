# The page that the node serves: built by npm into the build tree, and put into
# the library holdfast_dashboard by the assembler. dashboard/page_files.hpp
# tells how it is read.
option(HOLDFAST_DASHBOARD
       "Build the page into the node (needs Node 18 or later, with npm)" ON)

# holdfast_page(DIRECTORY FILES_VARIABLE): rules that build the page in
# DIRECTORY, which gets a copy of the sources: the source tree stays clean, and
# node_modules is made anew only when package-lock.json has changed.
function(holdfast_page directory files_variable)
  find_program(NPM npm)
  if(NOT NPM)
    message(FATAL_ERROR "The page needs Node 18 or later, with npm "
      "(scripts/setup installs it); -DHOLDFAST_DASHBOARD=OFF leaves it out.")
  endif()
  set(from "${CMAKE_SOURCE_DIR}/dashboard")
  set(packages package.json package-lock.json .npmrc)
  set(single index.html tsconfig.json vite.config.ts compress.js test.js)
  set(folders src public test)
  foreach(folder ${folders})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS "${from}/${folder}/*")
    list(APPEND sources ${found})
    list(APPEND copies COMMAND "${CMAKE_COMMAND}" -E copy_directory
                               "${from}/${folder}" "${directory}/${folder}")
  endforeach()
  list(TRANSFORM packages PREPEND "${from}/")
  list(TRANSFORM single PREPEND "${from}/")

  add_custom_command(OUTPUT "${directory}/packages"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${directory}"
    COMMAND "${CMAKE_COMMAND}" -E copy ${packages} "${directory}"
    COMMAND "${CMAKE_COMMAND}" -E chdir "${directory}"
            "${NPM}" ci --no-audit --no-fund --ignore-scripts --prefer-offline
    COMMAND "${CMAKE_COMMAND}" -E touch "${directory}/packages"
    DEPENDS ${packages} COMMENT "Installing what the page is built with"
    VERBATIM)
  foreach(name index.html app.js app.css icon.svg docs.html docs.js openapi.json)
    list(APPEND files "${directory}/dist/${name}" "${directory}/dist/${name}.gz")
  endforeach()
  add_custom_command(OUTPUT ${files}
    COMMAND "${CMAKE_COMMAND}" -E chdir "${directory}"
            "${CMAKE_COMMAND}" -E rm -rf ${folders} dist
    ${copies}
    COMMAND "${CMAKE_COMMAND}" -E copy ${single} "${directory}"
    COMMAND "${CMAKE_COMMAND}" -E chdir "${directory}" "${NPM}" run build
    DEPENDS "${directory}/packages" ${sources} ${single}
    COMMENT "Building the page" VERBATIM)
  set(${files_variable} ${files} PARENT_SCOPE)
endfunction()

add_library(holdfast_dashboard STATIC dashboard/page_files.cpp)
target_compile_features(holdfast_dashboard PUBLIC cxx_std_20)
target_include_directories(holdfast_dashboard PUBLIC "${CMAKE_SOURCE_DIR}")
target_link_libraries(holdfast_dashboard PRIVATE holdfast_flags)
if(HOLDFAST_DASHBOARD)
  enable_language(ASM)
  set(holdfast_page_directory "${CMAKE_BINARY_DIR}/dashboard")
  holdfast_page("${holdfast_page_directory}" page_files)
  set(page_dist "${holdfast_page_directory}/dist")
  configure_file(cmake/page_files.s.in "${CMAKE_BINARY_DIR}/page_files.s" @ONLY)
  set_source_files_properties("${CMAKE_BINARY_DIR}/page_files.s" PROPERTIES
                              LANGUAGE ASM OBJECT_DEPENDS "${page_files}")
  target_sources(holdfast_dashboard PRIVATE "${CMAKE_BINARY_DIR}/page_files.s"
                                            ${page_files})
else()
  target_compile_definitions(holdfast_dashboard PRIVATE HOLDFAST_NO_PAGE)
endif()
