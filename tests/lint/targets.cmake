# Each lint prints what is wrong, one line a finding, and exits 1; 77 means its tool is not installed.
set(lint_dir ${CMAKE_CURRENT_SOURCE_DIR}/lint)
if(PYTHON3)
  foreach(lint rooms banned)
    dray_test(lint_${lint} COMMAND ${PYTHON3} ${lint_dir}/${lint}.py LABELS lint TIMEOUT 60)
  endforeach()
  dray_test(lint_docs COMMAND ${PYTHON3} ${lint_dir}/docs.py $<TARGET_FILE:dray> ${CMAKE_BINARY_DIR}
    LABELS lint TIMEOUT 120)
endif()
dray_test(lint_headers COMMAND ${lint_dir}/headers ${CMAKE_C_COMPILER} ${GIT2_INCLUDE_DIRS}
  LABELS lint TIMEOUT 120)
dray_test(lint_format COMMAND ${lint_dir}/format LABELS lint TIMEOUT 120)
dray_test(lint_shell COMMAND ${lint_dir}/shell LABELS lint TIMEOUT 120)
