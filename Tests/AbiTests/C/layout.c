/* SPDX-License-Identifier: Apache-2.0 */

/* Golden layout of ABI version 1, kept apart from the headers: a field may be appended to a struct, with its offset and the
 * struct's new size here; no line may otherwise change, for libraries compiled against it are in use. */

#include <induct/induct.h>

#define GOLDEN_SIZE(type, bytes) INDUCT_ASSERT_SIZE(struct type, bytes)
#define GOLDEN_OFFSET(type, field, bytes) INDUCT_ASSERT_OFFSET(struct type, field, bytes)

/* ---- abi.h ---- */

GOLDEN_SIZE(induct_error, 1024);
GOLDEN_OFFSET(induct_error, struct_size, 0);
GOLDEN_OFFSET(induct_error, status, 4);
GOLDEN_OFFSET(induct_error, message, 8);

GOLDEN_SIZE(induct_descriptor, 32);
GOLDEN_OFFSET(induct_descriptor, struct_size, 0);
GOLDEN_OFFSET(induct_descriptor, concurrency, 4);
GOLDEN_OFFSET(induct_descriptor, name, 8);
GOLDEN_OFFSET(induct_descriptor, summary, 16);
GOLDEN_OFFSET(induct_descriptor, config_schema, 24);

GOLDEN_SIZE(induct_child, 32);
GOLDEN_OFFSET(induct_child, struct_size, 0);
GOLDEN_OFFSET(induct_child, kind, 4);
GOLDEN_OFFSET(induct_child, key, 8);
GOLDEN_OFFSET(induct_child, spec, 16);
GOLDEN_OFFSET(induct_child, handle, 24);

GOLDEN_SIZE(induct_create, 64);
GOLDEN_OFFSET(induct_create, struct_size, 0);
GOLDEN_OFFSET(induct_create, child_count, 4);
GOLDEN_OFFSET(induct_create, host, 8);
GOLDEN_OFFSET(induct_create, name, 16);
GOLDEN_OFFSET(induct_create, config, 24);
GOLDEN_OFFSET(induct_create, children, 32);
GOLDEN_OFFSET(induct_create, schema, 40);
GOLDEN_OFFSET(induct_create, length, 48);
GOLDEN_OFFSET(induct_create, expert_count, 56);

GOLDEN_SIZE(induct_plugin, 48);
GOLDEN_OFFSET(induct_plugin, struct_size, 0);
GOLDEN_OFFSET(induct_plugin, abi_major, 4);
GOLDEN_OFFSET(induct_plugin, abi_minor, 8);
GOLDEN_OFFSET(induct_plugin, reserved, 12);
GOLDEN_OFFSET(induct_plugin, id, 16);
GOLDEN_OFFSET(induct_plugin, version, 24);
GOLDEN_OFFSET(induct_plugin, summary, 32);
GOLDEN_OFFSET(induct_plugin, get_factory, 40);

/* ---- tensor.h ---- */

GOLDEN_SIZE(induct_dtype, 4);
GOLDEN_OFFSET(induct_dtype, code, 0);
GOLDEN_OFFSET(induct_dtype, bits, 1);
GOLDEN_OFFSET(induct_dtype, lanes, 2);

GOLDEN_SIZE(induct_device, 8);
GOLDEN_OFFSET(induct_device, type, 0);
GOLDEN_OFFSET(induct_device, id, 4);

GOLDEN_SIZE(induct_tensor, 48);
GOLDEN_OFFSET(induct_tensor, data, 0);
GOLDEN_OFFSET(induct_tensor, device, 8);
GOLDEN_OFFSET(induct_tensor, rank, 16);
GOLDEN_OFFSET(induct_tensor, dtype, 20);
GOLDEN_OFFSET(induct_tensor, shape, 24);
GOLDEN_OFFSET(induct_tensor, strides, 32);
GOLDEN_OFFSET(induct_tensor, byte_offset, 40);

/* ---- schema.h ---- */

GOLDEN_SIZE(induct_tensor_schema, 40);
GOLDEN_OFFSET(induct_tensor_schema, struct_size, 0);
GOLDEN_OFFSET(induct_tensor_schema, role, 4);
GOLDEN_OFFSET(induct_tensor_schema, name, 8);
GOLDEN_OFFSET(induct_tensor_schema, dtype, 16);
GOLDEN_OFFSET(induct_tensor_schema, rank, 20);
GOLDEN_OFFSET(induct_tensor_schema, shape, 24);
GOLDEN_OFFSET(induct_tensor_schema, limit, 32);

GOLDEN_SIZE(induct_schema, 64);
GOLDEN_OFFSET(induct_schema, struct_size, 0);
GOLDEN_OFFSET(induct_schema, task, 4);
GOLDEN_OFFSET(induct_schema, loss, 8);
GOLDEN_OFFSET(induct_schema, tensor_count, 12);
GOLDEN_OFFSET(induct_schema, tensors, 16);
GOLDEN_OFFSET(induct_schema, classes, 24);
GOLDEN_OFFSET(induct_schema, outputs, 32);
GOLDEN_OFFSET(induct_schema, positions, 40);
GOLDEN_OFFSET(induct_schema, maximum_length, 48);
GOLDEN_OFFSET(induct_schema, begin_tokens, 56);
GOLDEN_OFFSET(induct_schema, reserved, 60);

/* ---- host.h ---- */

GOLDEN_SIZE(induct_host, 88);
GOLDEN_OFFSET(induct_host, struct_size, 0);
GOLDEN_OFFSET(induct_host, abi_major, 4);
GOLDEN_OFFSET(induct_host, abi_minor, 8);
GOLDEN_OFFSET(induct_host, reserved, 12);
GOLDEN_OFFSET(induct_host, name, 16);
GOLDEN_OFFSET(induct_host, version, 24);
GOLDEN_OFFSET(induct_host, context, 32);
GOLDEN_OFFSET(induct_host, get_extension, 40);
GOLDEN_OFFSET(induct_host, log, 48);
GOLDEN_OFFSET(induct_host, is_cancelled, 56);
GOLDEN_OFFSET(induct_host, progress, 64);
GOLDEN_OFFSET(induct_host, parallel_for, 72);
GOLDEN_OFFSET(induct_host, scratch, 80);

/* ---- source.h ---- */

GOLDEN_SIZE(induct_view, 24);
GOLDEN_OFFSET(induct_view, struct_size, 0);
GOLDEN_OFFSET(induct_view, reserved, 4);
GOLDEN_OFFSET(induct_view, name, 8);
GOLDEN_OFFSET(induct_view, count, 16);

GOLDEN_SIZE(induct_source_fill, 56);
GOLDEN_OFFSET(induct_source_fill, struct_size, 0);
GOLDEN_OFFSET(induct_source_fill, view, 4);
GOLDEN_OFFSET(induct_source_fill, seed, 8);
GOLDEN_OFFSET(induct_source_fill, first, 16);
GOLDEN_OFFSET(induct_source_fill, count, 24);
GOLDEN_OFFSET(induct_source_fill, length, 32);
GOLDEN_OFFSET(induct_source_fill, reserved, 40);
GOLDEN_OFFSET(induct_source_fill, tensor_count, 44);
GOLDEN_OFFSET(induct_source_fill, tensors, 48);

GOLDEN_SIZE(induct_source, 56);
GOLDEN_OFFSET(induct_source, struct_size, 0);
GOLDEN_OFFSET(induct_source, reserved, 4);
GOLDEN_OFFSET(induct_source, instance, 8);
GOLDEN_OFFSET(induct_source, destroy, 16);
GOLDEN_OFFSET(induct_source, schema, 24);
GOLDEN_OFFSET(induct_source, view, 32);
GOLDEN_OFFSET(induct_source, fill, 40);
GOLDEN_OFFSET(induct_source, get_extension, 48);

GOLDEN_SIZE(induct_source_factory, 24);
GOLDEN_OFFSET(induct_source_factory, struct_size, 0);
GOLDEN_OFFSET(induct_source_factory, descriptor_count, 4);
GOLDEN_OFFSET(induct_source_factory, descriptors, 8);
GOLDEN_OFFSET(induct_source_factory, create, 16);

GOLDEN_SIZE(induct_source_oracle_call, 80);
GOLDEN_OFFSET(induct_source_oracle_call, struct_size, 0);
GOLDEN_OFFSET(induct_source_oracle_call, view, 4);
GOLDEN_OFFSET(induct_source_oracle_call, seed, 8);
GOLDEN_OFFSET(induct_source_oracle_call, count, 16);
GOLDEN_OFFSET(induct_source_oracle_call, length, 24);
GOLDEN_OFFSET(induct_source_oracle_call, reserved, 32);
GOLDEN_OFFSET(induct_source_oracle_call, tensor_count, 36);
GOLDEN_OFFSET(induct_source_oracle_call, tensors, 40);
GOLDEN_OFFSET(induct_source_oracle_call, predictive, 48);
GOLDEN_OFFSET(induct_source_oracle_call, belief, 56);
GOLDEN_OFFSET(induct_source_oracle_call, posterior, 64);
GOLDEN_OFFSET(induct_source_oracle_call, log_probability, 72);

GOLDEN_SIZE(induct_source_oracle, 24);
GOLDEN_OFFSET(induct_source_oracle, struct_size, 0);
GOLDEN_OFFSET(induct_source_oracle, belief_size, 4);
GOLDEN_OFFSET(induct_source_oracle, component_count, 8);
GOLDEN_OFFSET(induct_source_oracle, reserved, 12);
GOLDEN_OFFSET(induct_source_oracle, evaluate, 16);

GOLDEN_SIZE(induct_source_theory_summary, 32);
GOLDEN_OFFSET(induct_source_theory_summary, struct_size, 0);
GOLDEN_OFFSET(induct_source_theory_summary, entropy_rate_status, 4);
GOLDEN_OFFSET(induct_source_theory_summary, excess_entropy_status, 8);
GOLDEN_OFFSET(induct_source_theory_summary, reserved, 12);
GOLDEN_OFFSET(induct_source_theory_summary, entropy_rate, 16);
GOLDEN_OFFSET(induct_source_theory_summary, excess_entropy, 24);

GOLDEN_SIZE(induct_source_theory, 16);
GOLDEN_OFFSET(induct_source_theory, struct_size, 0);
GOLDEN_OFFSET(induct_source_theory, reserved, 4);
GOLDEN_OFFSET(induct_source_theory, entropy, 8);

GOLDEN_SIZE(induct_source_hmm, 48);
GOLDEN_OFFSET(induct_source_hmm, struct_size, 0);
GOLDEN_OFFSET(induct_source_hmm, states, 4);
GOLDEN_OFFSET(induct_source_hmm, tokens, 8);
GOLDEN_OFFSET(induct_source_hmm, component_count, 12);
GOLDEN_OFFSET(induct_source_hmm, transition, 16);
GOLDEN_OFFSET(induct_source_hmm, start, 24);
GOLDEN_OFFSET(induct_source_hmm, right, 32);
GOLDEN_OFFSET(induct_source_hmm, component_of_state, 40);

GOLDEN_SIZE(induct_source_labelled_examples, 120);
GOLDEN_OFFSET(induct_source_labelled_examples, struct_size, 0);
GOLDEN_OFFSET(induct_source_labelled_examples, classes, 4);
GOLDEN_OFFSET(induct_source_labelled_examples, group_count, 8);
GOLDEN_OFFSET(induct_source_labelled_examples, contexts, 12);
GOLDEN_OFFSET(induct_source_labelled_examples, class_probability, 16);
GOLDEN_OFFSET(induct_source_labelled_examples, context_probability, 24);
GOLDEN_OFFSET(induct_source_labelled_examples, label_of_class, 32);
GOLDEN_OFFSET(induct_source_labelled_examples, group_of_class, 40);
GOLDEN_OFFSET(induct_source_labelled_examples, group_names, 48);
GOLDEN_OFFSET(induct_source_labelled_examples, relevance, 56);
GOLDEN_OFFSET(induct_source_labelled_examples, match_law, 64);
GOLDEN_OFFSET(induct_source_labelled_examples, relevant_contexts, 72);
GOLDEN_OFFSET(induct_source_labelled_examples, ensured_count, 76);
GOLDEN_OFFSET(induct_source_labelled_examples, training_count, 80);
GOLDEN_OFFSET(induct_source_labelled_examples, label_noise, 88);
GOLDEN_OFFSET(induct_source_labelled_examples, input_noise, 96);
GOLDEN_OFFSET(induct_source_labelled_examples, squared_norm, 104);
GOLDEN_OFFSET(induct_source_labelled_examples, dimension, 112);

/* ---- architecture.h ---- */

GOLDEN_SIZE(induct_parameter, 48);
GOLDEN_OFFSET(induct_parameter, struct_size, 0);
GOLDEN_OFFSET(induct_parameter, flags, 4);
GOLDEN_OFFSET(induct_parameter, name, 8);
GOLDEN_OFFSET(induct_parameter, shape, 16);
GOLDEN_OFFSET(induct_parameter, rank, 24);
GOLDEN_OFFSET(induct_parameter, initialiser, 28);
GOLDEN_OFFSET(induct_parameter, a, 32);
GOLDEN_OFFSET(induct_parameter, b, 40);

GOLDEN_SIZE(induct_request, 32);
GOLDEN_OFFSET(induct_request, struct_size, 0);
GOLDEN_OFFSET(induct_request, action, 4);
GOLDEN_OFFSET(induct_request, point, 8);
GOLDEN_OFFSET(induct_request, tensor, 16);
GOLDEN_OFFSET(induct_request, mask, 24);

GOLDEN_SIZE(induct_pass, 144);
GOLDEN_OFFSET(induct_pass, struct_size, 0);
GOLDEN_OFFSET(induct_pass, mode, 4);
GOLDEN_OFFSET(induct_pass, slot, 8);
GOLDEN_OFFSET(induct_pass, accumulate, 12);
GOLDEN_OFFSET(induct_pass, step, 16);
GOLDEN_OFFSET(induct_pass, seed, 24);
GOLDEN_OFFSET(induct_pass, first, 32);
GOLDEN_OFFSET(induct_pass, count, 40);
GOLDEN_OFFSET(induct_pass, length, 48);
GOLDEN_OFFSET(induct_pass, tensor_count, 56);
GOLDEN_OFFSET(induct_pass, expert_count, 60);
GOLDEN_OFFSET(induct_pass, tensors, 64);
GOLDEN_OFFSET(induct_pass, parameters, 72);
GOLDEN_OFFSET(induct_pass, workspace, 80);
GOLDEN_OFFSET(induct_pass, workspace_size, 88);
GOLDEN_OFFSET(induct_pass, outputs, 96);
GOLDEN_OFFSET(induct_pass, output_gradients, 104);
GOLDEN_OFFSET(induct_pass, gradients, 112);
GOLDEN_OFFSET(induct_pass, experts, 120);
GOLDEN_OFFSET(induct_pass, request_count, 128);
GOLDEN_OFFSET(induct_pass, reserved, 132);
GOLDEN_OFFSET(induct_pass, requests, 136);

GOLDEN_SIZE(induct_architecture, 64);
GOLDEN_OFFSET(induct_architecture, struct_size, 0);
GOLDEN_OFFSET(induct_architecture, output, 4);
GOLDEN_OFFSET(induct_architecture, instance, 8);
GOLDEN_OFFSET(induct_architecture, destroy, 16);
GOLDEN_OFFSET(induct_architecture, parameter, 24);
GOLDEN_OFFSET(induct_architecture, workspace_size, 32);
GOLDEN_OFFSET(induct_architecture, forward, 40);
GOLDEN_OFFSET(induct_architecture, backward, 48);
GOLDEN_OFFSET(induct_architecture, get_extension, 56);

GOLDEN_SIZE(induct_architecture_factory, 24);
GOLDEN_OFFSET(induct_architecture_factory, struct_size, 0);
GOLDEN_OFFSET(induct_architecture_factory, descriptor_count, 4);
GOLDEN_OFFSET(induct_architecture_factory, descriptors, 8);
GOLDEN_OFFSET(induct_architecture_factory, create, 16);

GOLDEN_SIZE(induct_point, 24);
GOLDEN_OFFSET(induct_point, struct_size, 0);
GOLDEN_OFFSET(induct_point, rank, 4);
GOLDEN_OFFSET(induct_point, name, 8);
GOLDEN_OFFSET(induct_point, shape, 16);

GOLDEN_SIZE(induct_points, 16);
GOLDEN_OFFSET(induct_points, struct_size, 0);
GOLDEN_OFFSET(induct_points, count, 4);
GOLDEN_OFFSET(induct_points, points, 8);

GOLDEN_SIZE(induct_architecture_state, 32);
GOLDEN_OFFSET(induct_architecture_state, struct_size, 0);
GOLDEN_OFFSET(induct_architecture_state, reserved, 4);
GOLDEN_OFFSET(induct_architecture_state, size, 8);
GOLDEN_OFFSET(induct_architecture_state, reset, 16);
GOLDEN_OFFSET(induct_architecture_state, advance, 24);

GOLDEN_SIZE(induct_observation, 72);
GOLDEN_OFFSET(induct_observation, struct_size, 0);
GOLDEN_OFFSET(induct_observation, tensor_count, 4);
GOLDEN_OFFSET(induct_observation, step, 8);
GOLDEN_OFFSET(induct_observation, count, 16);
GOLDEN_OFFSET(induct_observation, length, 24);
GOLDEN_OFFSET(induct_observation, tensors, 32);
GOLDEN_OFFSET(induct_observation, parameters, 40);
GOLDEN_OFFSET(induct_observation, outputs, 48);
GOLDEN_OFFSET(induct_observation, expert_losses, 56);
GOLDEN_OFFSET(induct_observation, expert_count, 64);

GOLDEN_SIZE(induct_online, 16);
GOLDEN_OFFSET(induct_online, struct_size, 0);
GOLDEN_OFFSET(induct_online, reserved, 4);
GOLDEN_OFFSET(induct_online, observe, 8);

/* ---- evaluator.h ---- */

GOLDEN_SIZE(induct_need, 40);
GOLDEN_OFFSET(induct_need, struct_size, 0);
GOLDEN_OFFSET(induct_need, stream, 4);
GOLDEN_OFFSET(induct_need, view, 8);
GOLDEN_OFFSET(induct_need, items, 16);
GOLDEN_OFFSET(induct_need, point_count, 20);
GOLDEN_OFFSET(induct_need, points, 24);
GOLDEN_OFFSET(induct_need, optional_items, 32);
GOLDEN_OFFSET(induct_need, parameters, 36);

GOLDEN_SIZE(induct_evaluation_batch, 200);
GOLDEN_OFFSET(induct_evaluation_batch, struct_size, 0);
GOLDEN_OFFSET(induct_evaluation_batch, need, 4);
GOLDEN_OFFSET(induct_evaluation_batch, step, 8);
GOLDEN_OFFSET(induct_evaluation_batch, first, 16);
GOLDEN_OFFSET(induct_evaluation_batch, count, 24);
GOLDEN_OFFSET(induct_evaluation_batch, length, 32);
GOLDEN_OFFSET(induct_evaluation_batch, positions, 40);
GOLDEN_OFFSET(induct_evaluation_batch, classes, 48);
GOLDEN_OFFSET(induct_evaluation_batch, tensor_count, 56);
GOLDEN_OFFSET(induct_evaluation_batch, point_count, 60);
GOLDEN_OFFSET(induct_evaluation_batch, tensors, 64);
GOLDEN_OFFSET(induct_evaluation_batch, predictions, 72);
GOLDEN_OFFSET(induct_evaluation_batch, losses, 80);
GOLDEN_OFFSET(induct_evaluation_batch, oracle, 88);
GOLDEN_OFFSET(induct_evaluation_batch, belief, 96);
GOLDEN_OFFSET(induct_evaluation_batch, posterior, 104);
GOLDEN_OFFSET(induct_evaluation_batch, belief_size, 112);
GOLDEN_OFFSET(induct_evaluation_batch, component_count, 120);
GOLDEN_OFFSET(induct_evaluation_batch, points, 128);
GOLDEN_OFFSET(induct_evaluation_batch, parameter_count, 136);
GOLDEN_OFFSET(induct_evaluation_batch, parameter_descriptions, 144);
GOLDEN_OFFSET(induct_evaluation_batch, parameters, 152);
GOLDEN_OFFSET(induct_evaluation_batch, gate, 160);
GOLDEN_OFFSET(induct_evaluation_batch, expert_count, 168);
GOLDEN_OFFSET(induct_evaluation_batch, point_names, 176);
GOLDEN_OFFSET(induct_evaluation_batch, component_of_belief, 184);
GOLDEN_OFFSET(induct_evaluation_batch, expert_losses, 192);

GOLDEN_SIZE(induct_metric, 88);
GOLDEN_OFFSET(induct_metric, struct_size, 0);
GOLDEN_OFFSET(induct_metric, kind, 4);
GOLDEN_OFFSET(induct_metric, name, 8);
GOLDEN_OFFSET(induct_metric, unit, 16);
GOLDEN_OFFSET(induct_metric, rows, 24);
GOLDEN_OFFSET(induct_metric, columns, 32);
GOLDEN_OFFSET(induct_metric, values, 40);
GOLDEN_OFFSET(induct_metric, standard_errors, 48);
GOLDEN_OFFSET(induct_metric, axis, 56);
GOLDEN_OFFSET(induct_metric, axis_values, 64);
GOLDEN_OFFSET(induct_metric, row_names, 72);
GOLDEN_OFFSET(induct_metric, column_names, 80);

GOLDEN_SIZE(induct_metrics, 32);
GOLDEN_OFFSET(induct_metrics, struct_size, 0);
GOLDEN_OFFSET(induct_metrics, count, 4);
GOLDEN_OFFSET(induct_metrics, metrics, 8);
GOLDEN_OFFSET(induct_metrics, owner, 16);
GOLDEN_OFFSET(induct_metrics, release, 24);

GOLDEN_SIZE(induct_evaluator, 72);
GOLDEN_OFFSET(induct_evaluator, struct_size, 0);
GOLDEN_OFFSET(induct_evaluator, reserved, 4);
GOLDEN_OFFSET(induct_evaluator, instance, 8);
GOLDEN_OFFSET(induct_evaluator, destroy, 16);
GOLDEN_OFFSET(induct_evaluator, need, 24);
GOLDEN_OFFSET(induct_evaluator, begin, 32);
GOLDEN_OFFSET(induct_evaluator, consume, 40);
GOLDEN_OFFSET(induct_evaluator, merge, 48);
GOLDEN_OFFSET(induct_evaluator, finish, 56);
GOLDEN_OFFSET(induct_evaluator, discard, 64);

GOLDEN_SIZE(induct_evaluator_factory, 24);
GOLDEN_OFFSET(induct_evaluator_factory, struct_size, 0);
GOLDEN_OFFSET(induct_evaluator_factory, descriptor_count, 4);
GOLDEN_OFFSET(induct_evaluator_factory, descriptors, 8);
GOLDEN_OFFSET(induct_evaluator_factory, create, 16);

/* ---- kernels.h ---- */

GOLDEN_SIZE(induct_gemm, 168);
GOLDEN_OFFSET(induct_gemm, struct_size, 0);
GOLDEN_OFFSET(induct_gemm, activation, 4);
GOLDEN_OFFSET(induct_gemm, transpose_a, 8);
GOLDEN_OFFSET(induct_gemm, transpose_b, 12);
GOLDEN_OFFSET(induct_gemm, accumulate, 16);
GOLDEN_OFFSET(induct_gemm, reserved, 20);
GOLDEN_OFFSET(induct_gemm, m, 24);
GOLDEN_OFFSET(induct_gemm, n, 32);
GOLDEN_OFFSET(induct_gemm, k, 40);
GOLDEN_OFFSET(induct_gemm, a, 48);
GOLDEN_OFFSET(induct_gemm, lda, 56);
GOLDEN_OFFSET(induct_gemm, b, 64);
GOLDEN_OFFSET(induct_gemm, ldb, 72);
GOLDEN_OFFSET(induct_gemm, c, 80);
GOLDEN_OFFSET(induct_gemm, ldc, 88);
GOLDEN_OFFSET(induct_gemm, bias, 96);
GOLDEN_OFFSET(induct_gemm, residual, 104);
GOLDEN_OFFSET(induct_gemm, ld_residual, 112);
GOLDEN_OFFSET(induct_gemm, slope, 120);
GOLDEN_OFFSET(induct_gemm, ld_slope, 128);
GOLDEN_OFFSET(induct_gemm, factor, 136);
GOLDEN_OFFSET(induct_gemm, ld_factor, 144);
GOLDEN_OFFSET(induct_gemm, column_sums, 152);
GOLDEN_OFFSET(induct_gemm, scratch, 160);

GOLDEN_SIZE(induct_norm, 128);
GOLDEN_OFFSET(induct_norm, struct_size, 0);
GOLDEN_OFFSET(induct_norm, accumulate, 4);
GOLDEN_OFFSET(induct_norm, rows, 8);
GOLDEN_OFFSET(induct_norm, columns, 16);
GOLDEN_OFFSET(induct_norm, epsilon, 24);
GOLDEN_OFFSET(induct_norm, center, 28);
GOLDEN_OFFSET(induct_norm, x, 32);
GOLDEN_OFFSET(induct_norm, gain, 40);
GOLDEN_OFFSET(induct_norm, bias, 48);
GOLDEN_OFFSET(induct_norm, y, 56);
GOLDEN_OFFSET(induct_norm, mean, 64);
GOLDEN_OFFSET(induct_norm, inverse, 72);
GOLDEN_OFFSET(induct_norm, dy, 80);
GOLDEN_OFFSET(induct_norm, dresidual, 88);
GOLDEN_OFFSET(induct_norm, dx, 96);
GOLDEN_OFFSET(induct_norm, dgain, 104);
GOLDEN_OFFSET(induct_norm, dbias, 112);
GOLDEN_OFFSET(induct_norm, scratch, 120);

GOLDEN_SIZE(induct_attention, 192);
GOLDEN_OFFSET(induct_attention, struct_size, 0);
GOLDEN_OFFSET(induct_attention, causal, 4);
GOLDEN_OFFSET(induct_attention, batch, 8);
GOLDEN_OFFSET(induct_attention, length, 16);
GOLDEN_OFFSET(induct_attention, heads, 24);
GOLDEN_OFFSET(induct_attention, key_value_heads, 32);
GOLDEN_OFFSET(induct_attention, head_size, 40);
GOLDEN_OFFSET(induct_attention, scale, 48);
GOLDEN_OFFSET(induct_attention, reserved, 52);
GOLDEN_OFFSET(induct_attention, q, 56);
GOLDEN_OFFSET(induct_attention, k, 64);
GOLDEN_OFFSET(induct_attention, v, 72);
GOLDEN_OFFSET(induct_attention, ldq, 80);
GOLDEN_OFFSET(induct_attention, ldkv, 88);
GOLDEN_OFFSET(induct_attention, ldo, 96);
GOLDEN_OFFSET(induct_attention, out, 104);
GOLDEN_OFFSET(induct_attention, log_sum, 112);
GOLDEN_OFFSET(induct_attention, probabilities, 120);
GOLDEN_OFFSET(induct_attention, slopes, 128);
GOLDEN_OFFSET(induct_attention, relative, 136);
GOLDEN_OFFSET(induct_attention, dout, 144);
GOLDEN_OFFSET(induct_attention, dq, 152);
GOLDEN_OFFSET(induct_attention, dk, 160);
GOLDEN_OFFSET(induct_attention, dv, 168);
GOLDEN_OFFSET(induct_attention, drelative, 176);
GOLDEN_OFFSET(induct_attention, scratch, 184);

GOLDEN_SIZE(induct_cross_entropy, 80);
GOLDEN_OFFSET(induct_cross_entropy, struct_size, 0);
GOLDEN_OFFSET(induct_cross_entropy, reserved, 4);
GOLDEN_OFFSET(induct_cross_entropy, rows, 8);
GOLDEN_OFFSET(induct_cross_entropy, classes, 16);
GOLDEN_OFFSET(induct_cross_entropy, logits, 24);
GOLDEN_OFFSET(induct_cross_entropy, targets, 32);
GOLDEN_OFFSET(induct_cross_entropy, weights, 40);
GOLDEN_OFFSET(induct_cross_entropy, scale, 48);
GOLDEN_OFFSET(induct_cross_entropy, label_smoothing, 52);
GOLDEN_OFFSET(induct_cross_entropy, losses, 56);
GOLDEN_OFFSET(induct_cross_entropy, log_probabilities, 64);
GOLDEN_OFFSET(induct_cross_entropy, dlogits, 72);

GOLDEN_SIZE(induct_adam, 80);
GOLDEN_OFFSET(induct_adam, struct_size, 0);
GOLDEN_OFFSET(induct_adam, decoupled, 4);
GOLDEN_OFFSET(induct_adam, count, 8);
GOLDEN_OFFSET(induct_adam, parameters, 16);
GOLDEN_OFFSET(induct_adam, gradients, 24);
GOLDEN_OFFSET(induct_adam, first_moment, 32);
GOLDEN_OFFSET(induct_adam, second_moment, 40);
GOLDEN_OFFSET(induct_adam, rate, 48);
GOLDEN_OFFSET(induct_adam, beta1, 52);
GOLDEN_OFFSET(induct_adam, beta2, 56);
GOLDEN_OFFSET(induct_adam, epsilon, 60);
GOLDEN_OFFSET(induct_adam, decay, 64);
GOLDEN_OFFSET(induct_adam, gradient_scale, 68);
GOLDEN_OFFSET(induct_adam, correction1, 72);
GOLDEN_OFFSET(induct_adam, correction2, 76);

GOLDEN_SIZE(induct_sgd, 56);
GOLDEN_OFFSET(induct_sgd, struct_size, 0);
GOLDEN_OFFSET(induct_sgd, nesterov, 4);
GOLDEN_OFFSET(induct_sgd, count, 8);
GOLDEN_OFFSET(induct_sgd, parameters, 16);
GOLDEN_OFFSET(induct_sgd, gradients, 24);
GOLDEN_OFFSET(induct_sgd, momentum_buffer, 32);
GOLDEN_OFFSET(induct_sgd, rate, 40);
GOLDEN_OFFSET(induct_sgd, momentum, 44);
GOLDEN_OFFSET(induct_sgd, decay, 48);
GOLDEN_OFFSET(induct_sgd, gradient_scale, 52);

GOLDEN_SIZE(induct_hmm_sample, 104);
GOLDEN_OFFSET(induct_hmm_sample, struct_size, 0);
GOLDEN_OFFSET(induct_hmm_sample, purpose, 4);
GOLDEN_OFFSET(induct_hmm_sample, seed, 8);
GOLDEN_OFFSET(induct_hmm_sample, first, 16);
GOLDEN_OFFSET(induct_hmm_sample, count, 24);
GOLDEN_OFFSET(induct_hmm_sample, length, 32);
GOLDEN_OFFSET(induct_hmm_sample, states, 40);
GOLDEN_OFFSET(induct_hmm_sample, outcomes, 44);
GOLDEN_OFFSET(induct_hmm_sample, start_thresholds, 48);
GOLDEN_OFFSET(induct_hmm_sample, thresholds, 56);
GOLDEN_OFFSET(induct_hmm_sample, outcome_token, 64);
GOLDEN_OFFSET(induct_hmm_sample, outcome_state, 72);
GOLDEN_OFFSET(induct_hmm_sample, tokens, 80);
GOLDEN_OFFSET(induct_hmm_sample, ld_tokens, 88);
GOLDEN_OFFSET(induct_hmm_sample, start_states, 96);

GOLDEN_SIZE(induct_hmm_filter, 176);
GOLDEN_OFFSET(induct_hmm_filter, struct_size, 0);
GOLDEN_OFFSET(induct_hmm_filter, states, 4);
GOLDEN_OFFSET(induct_hmm_filter, tokens, 8);
GOLDEN_OFFSET(induct_hmm_filter, blocks, 12);
GOLDEN_OFFSET(induct_hmm_filter, components, 16);
GOLDEN_OFFSET(induct_hmm_filter, reserved, 20);
GOLDEN_OFFSET(induct_hmm_filter, count, 24);
GOLDEN_OFFSET(induct_hmm_filter, length, 32);
GOLDEN_OFFSET(induct_hmm_filter, block_start, 40);
GOLDEN_OFFSET(induct_hmm_filter, block_component, 48);
GOLDEN_OFFSET(induct_hmm_filter, edge_start, 56);
GOLDEN_OFFSET(induct_hmm_filter, edge_from, 64);
GOLDEN_OFFSET(induct_hmm_filter, edge_probability, 72);
GOLDEN_OFFSET(induct_hmm_filter, start, 80);
GOLDEN_OFFSET(induct_hmm_filter, right, 88);
GOLDEN_OFFSET(induct_hmm_filter, emission, 96);
GOLDEN_OFFSET(induct_hmm_filter, impossible, 104);
GOLDEN_OFFSET(induct_hmm_filter, sequences, 112);
GOLDEN_OFFSET(induct_hmm_filter, ld_sequences, 120);
GOLDEN_OFFSET(induct_hmm_filter, predictive, 128);
GOLDEN_OFFSET(induct_hmm_filter, belief, 136);
GOLDEN_OFFSET(induct_hmm_filter, posterior, 144);
GOLDEN_OFFSET(induct_hmm_filter, log_probability, 152);
GOLDEN_OFFSET(induct_hmm_filter, doubtful, 160);
GOLDEN_OFFSET(induct_hmm_filter, workspace, 168);

GOLDEN_SIZE(induct_kernels, 232);
GOLDEN_OFFSET(induct_kernels, struct_size, 0);
GOLDEN_OFFSET(induct_kernels, reserved, 4);
GOLDEN_OFFSET(induct_kernels, variant, 8);
GOLDEN_OFFSET(induct_kernels, scratch_size, 16);
GOLDEN_OFFSET(induct_kernels, gemm, 24);
GOLDEN_OFFSET(induct_kernels, norm, 32);
GOLDEN_OFFSET(induct_kernels, norm_backward, 40);
GOLDEN_OFFSET(induct_kernels, attention, 48);
GOLDEN_OFFSET(induct_kernels, attention_backward, 56);
GOLDEN_OFFSET(induct_kernels, cross_entropy, 64);
GOLDEN_OFFSET(induct_kernels, activation, 72);
GOLDEN_OFFSET(induct_kernels, activation_backward, 80);
GOLDEN_OFFSET(induct_kernels, gated, 88);
GOLDEN_OFFSET(induct_kernels, gated_backward, 96);
GOLDEN_OFFSET(induct_kernels, rotary, 104);
GOLDEN_OFFSET(induct_kernels, embedding, 112);
GOLDEN_OFFSET(induct_kernels, embedding_backward, 120);
GOLDEN_OFFSET(induct_kernels, softmax, 128);
GOLDEN_OFFSET(induct_kernels, softmax_backward, 136);
GOLDEN_OFFSET(induct_kernels, add, 144);
GOLDEN_OFFSET(induct_kernels, scale, 152);
GOLDEN_OFFSET(induct_kernels, sum_of_squares, 160);
GOLDEN_OFFSET(induct_kernels, column_sums, 168);
GOLDEN_OFFSET(induct_kernels, adam, 176);
GOLDEN_OFFSET(induct_kernels, sgd, 184);
GOLDEN_OFFSET(induct_kernels, random_words, 192);
GOLDEN_OFFSET(induct_kernels, random_uniforms, 200);
GOLDEN_OFFSET(induct_kernels, random_normals, 208);
GOLDEN_OFFSET(induct_kernels, hmm_sample, 216);
GOLDEN_OFFSET(induct_kernels, hmm_filter, 224);
