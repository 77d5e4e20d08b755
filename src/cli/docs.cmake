# Completions and manual pages, made from the tables of cli by the program itself.

# ---------------------------------------------------------------- frames of completion scripts

set(frames "#include \"completion.h\"\n")
foreach(shell bash zsh fish)
  set(frame ${CMAKE_SOURCE_DIR}/completions/dray.${shell})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${frame})
  file(READ ${frame} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND frames "const char dray_cli_frame_${shell}[] = {${bytes}0};\n")
endforeach()
file(CONFIGURE OUTPUT completion_frames.c CONTENT "${frames}" @ONLY)
target_sources(dray_cli PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/completion_frames.c)
target_include_directories(dray_cli PRIVATE src/cli)

# -------------------------------------------------------------------------- made by the program

set(docs_dir ${CMAKE_CURRENT_BINARY_DIR}/docs)
file(MAKE_DIRECTORY ${docs_dir})
set(docs "")

add_custom_command(OUTPUT ${docs_dir}/describe.txt
  COMMAND dray __describe > ${docs_dir}/describe.txt
  DEPENDS dray VERBATIM)

foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${docs_dir}/dray.${shell}
    COMMAND dray completion ${shell} > ${docs_dir}/dray.${shell}
    DEPENDS dray VERBATIM)
  list(APPEND docs ${docs_dir}/dray.${shell})
endforeach()
install(FILES ${docs_dir}/dray.bash RENAME dray
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${docs_dir}/dray.bash RENAME git-dray
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${docs_dir}/dray.zsh RENAME _dray
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${CMAKE_SOURCE_DIR}/completions/git-dray.zsh RENAME _git-dray
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${docs_dir}/dray.fish ${CMAKE_SOURCE_DIR}/completions/git-dray.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# Prose is written by hand in man/*.in; fill.awk puts the tables into it. The date honours
# SOURCE_DATE_EPOCH, so that two builds of one source are equal.
find_program(AWK NAMES awk mawk gawk REQUIRED)
string(TIMESTAMP man_date "%Y-%m-%d" UTC)
file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/man/*.1.in)
foreach(page ${pages})
  cmake_path(GET page STEM LAST_ONLY name) # dray-add.1
  add_custom_command(OUTPUT ${docs_dir}/${name}
    COMMAND ${AWK} -v page=${name} -v version=${PROJECT_VERSION} -v date=${man_date}
      -f ${CMAKE_SOURCE_DIR}/man/fill.awk ${docs_dir}/describe.txt ${page} > ${docs_dir}/${name}
    DEPENDS ${docs_dir}/describe.txt ${page} ${CMAKE_SOURCE_DIR}/man/fill.awk VERBATIM)
  list(APPEND docs ${docs_dir}/${name})
  install(FILES ${docs_dir}/${name} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endforeach()
# `git dray --help` and `git help dray` look for this name.
file(WRITE ${docs_dir}/git-dray.1 ".so man1/dray.1\n")
install(FILES ${docs_dir}/git-dray.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

add_custom_target(docs ALL DEPENDS ${docs})
