# DVC itself is installed once a build folder, by the first test that needs it; see support/dvc. It sees
# the account's settings, because pip's package index may be one of them.
add_test(NAME dvc_install COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/dvc ${dvc_dir})
set_tests_properties(dvc_install PROPERTIES FIXTURES_SETUP dvc LABELS interop TIMEOUT 600 SKIP_RETURN_CODE 77
  COST 500)

file(GLOB scripts CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} interop/*.bats)
foreach(script ${scripts})
  dray_bats(interop ${script} dvc)
  # Most of them wait for Python to start: begin early.
  cmake_path(GET script STEM file)
  set_tests_properties(interop_${file} PROPERTIES COST 200 TIMEOUT 900)
endforeach()
