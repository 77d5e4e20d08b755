# Servers that ctest starts once a run, before the first test that needs them, and stops after the
# last: FIXTURES_REQUIRED server_<name>. Tests find them in $DRAY_TEST_SERVERS; see support/server.
set(servers_dir ${CMAKE_CURRENT_BINARY_DIR}/servers)
set(servers rgw swift versitygw)
foreach(server IN LISTS servers)
  foreach(action start stop)
    dray_test(server_${server}_${action}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/server ${action} ${server} ${servers_dir}
      LABELS server TIMEOUT 180)
  endforeach()
  set_tests_properties(server_${server}_start PROPERTIES FIXTURES_SETUP server_${server} COST 500)
  set_tests_properties(server_${server}_stop PROPERTIES FIXTURES_CLEANUP server_${server})
endforeach()

# The contract of remotes over each of them: remote_contract_<server>[_<way>]
if(TARGET remote_contract)
  foreach(way rgw rgw-tls rgw-vhost swift versitygw)
    string(REPLACE - _ name remote_contract_${way})
    string(REGEX REPLACE -.* "" server ${way})
    dray_test(${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/on_server ${way} $<TARGET_FILE:remote_contract>
      LABELS remote s3 TIMEOUT 300 ENVIRONMENT DRAY_TEST_SERVERS=${servers_dir})
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED server_${server})
  endforeach()
  set_tests_properties(remote_contract_rgw PROPERTIES LABELS "remote;s3;threaded")
endif()

if(PYTHON3)
  dray_test(support_s3 COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/support/s3_test.py LABELS s3 TIMEOUT 120)
endif()
