// SPDX-License-Identifier: Apache-2.0

//! The tables of the C headers, field by field. See those for what they mean.

#![allow(non_camel_case_types, missing_docs)]

use std::ffi::c_void;
use std::os::raw::c_char;

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 0;

pub type Status = i32;
pub const OK: Status = 0;
pub const INVALID_ARGUMENT: Status = 3;
pub const NOT_FOUND: Status = 5;
pub const INTERNAL: Status = 13;

pub const DIMENSION_BATCH: i64 = -1;
pub const DIMENSION_LENGTH: i64 = -2;

pub const TASK_NEXT_TOKEN: u32 = 0;
pub const TASK_CLASSIFICATION: u32 = 1;
pub const TASK_REGRESSION: u32 = 2;

pub const PARAMETER_FROZEN: u32 = 1;
pub const PARAMETER_NOT_DECAYED: u32 = 2;

pub const ITEM_PREDICTIONS: u32 = 1;
pub const ITEM_LOSSES: u32 = 2;
pub const ITEM_ORACLE: u32 = 4;
pub const ITEM_BELIEF: u32 = 8;
pub const ITEM_POSTERIOR: u32 = 16;
pub const ITEM_PARAMETERS: u32 = 32;
pub const ITEM_GATE: u32 = 64;
pub const ITEM_EXPERT_LOSSES: u32 = 128;

pub const PARAMETERS_CURRENT: u32 = 0;
pub const PARAMETERS_INITIAL: u32 = 1;

#[repr(C)]
pub struct induct_error {
    pub struct_size: u32,
    pub status: Status,
    pub message: [u8; 1016],
}

/// The host; its services are called through the C headers' table, which this crate does not need.
#[repr(C)]
pub struct induct_host {
    _private: [u8; 0],
}

#[repr(C)]
pub struct induct_descriptor {
    pub struct_size: u32,
    pub concurrency: u32,
    pub name: *const c_char,
    pub summary: *const c_char,
    pub config_schema: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct induct_create {
    pub struct_size: u32,
    pub child_count: u32,
    pub host: *const induct_host,
    pub name: *const c_char,
    pub config: *const c_char,
    pub children: *const *const c_void,
    pub schema: *const induct_schema,
    pub length: i64,
    pub expert_count: u64,
}

#[repr(C)]
pub struct induct_plugin {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub id: *const c_char,
    pub version: *const c_char,
    pub summary: *const c_char,
    pub get_factory: Option<extern "C" fn(*const c_char) -> *const c_void>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct induct_dtype {
    pub code: u8,
    pub bits: u8,
    pub lanes: u16,
}

#[repr(C)]
pub struct induct_tensor {
    pub data: *mut c_void,
    pub device: [i32; 2],
    pub rank: i32,
    pub dtype: induct_dtype,
    pub shape: *mut i64,
    pub strides: *mut i64,
    pub byte_offset: u64,
}

#[repr(C)]
pub struct induct_tensor_schema {
    pub struct_size: u32,
    pub role: u32,
    pub name: *const c_char,
    pub dtype: induct_dtype,
    pub rank: i32,
    pub shape: *const i64,
    pub limit: i64,
}

#[repr(C)]
pub struct induct_schema {
    pub struct_size: u32,
    pub task: u32,
    pub loss: u32,
    pub tensor_count: u32,
    pub tensors: *const *const induct_tensor_schema,
    pub classes: i64,
    pub outputs: i64,
    pub positions: i64,
    pub maximum_length: i64,
    pub begin_tokens: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct induct_view {
    pub struct_size: u32,
    pub reserved: u32,
    pub name: *const c_char,
    pub count: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct induct_source_fill {
    pub struct_size: u32,
    pub view: u32,
    pub seed: u64,
    pub first: u64,
    pub count: u64,
    pub length: i64,
    pub reserved: u32,
    pub tensor_count: u32,
    pub tensors: *const *mut induct_tensor,
}

#[repr(C)]
pub struct induct_source {
    pub struct_size: u32,
    pub reserved: u32,
    pub instance: *mut c_void,
    pub destroy: Option<extern "C" fn(*const induct_source)>,
    pub schema: Option<extern "C" fn(*const induct_source) -> *const induct_schema>,
    pub view: Option<extern "C" fn(*const induct_source, u32) -> *const induct_view>,
    pub fill: Option<extern "C" fn(*const induct_source, *const induct_source_fill, *mut induct_error) -> Status>,
    pub get_extension: Option<extern "C" fn(*const induct_source, *const c_char) -> *const c_void>,
}

#[repr(C)]
pub struct induct_source_hmm {
    pub struct_size: u32,
    pub states: u32,
    pub tokens: u32,
    pub component_count: u32,
    pub transition: *const f64,
    pub start: *const f64,
    pub right: *const f64,
    pub component_of_state: *const u32,
}

#[repr(C)]
pub struct induct_source_labelled_examples {
    pub struct_size: u32,
    pub classes: u32,
    pub group_count: u32,
    pub contexts: u32,
    pub class_probability: *const f64,
    pub context_probability: *const f64,
    pub label_of_class: *const u32,
    pub group_of_class: *const u32,
    pub group_names: *const *const c_char,
    pub relevance: f64,
    pub match_law: *const f64,
    pub relevant_contexts: u32,
    pub ensured_count: u32,
    pub training_count: u64,
    pub label_noise: f64,
    pub input_noise: f64,
    pub squared_norm: f64,
    pub dimension: u64,
}

/// A factory of any kind; the kinds' tables differ in what `create` gives alone.
#[repr(C)]
pub struct induct_factory {
    pub struct_size: u32,
    pub descriptor_count: u32,
    pub descriptors: *const *const induct_descriptor,
    pub create: Option<extern "C" fn(*const induct_create, *mut *const c_void, *mut induct_error) -> Status>,
}

#[repr(C)]
pub struct induct_parameter {
    pub struct_size: u32,
    pub flags: u32,
    pub name: *const c_char,
    pub shape: *const i64,
    pub rank: i32,
    pub initialiser: u32,
    pub a: f64,
    pub b: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct induct_pass {
    pub struct_size: u32,
    pub mode: u32,
    pub slot: u32,
    pub accumulate: u32,
    pub step: u64,
    pub seed: u64,
    pub first: u64,
    pub count: u64,
    pub length: i64,
    pub tensor_count: u32,
    pub expert_count: u32,
    pub tensors: *const *const induct_tensor,
    pub parameters: *const *const f32,
    pub workspace: *mut c_void,
    pub workspace_size: u64,
    pub outputs: *mut f32,
    pub output_gradients: *const f32,
    pub gradients: *const *mut f32,
    pub experts: *const *const f32,
    pub request_count: u32,
    pub reserved: u32,
    pub requests: *const *const c_void,
}

#[repr(C)]
pub struct induct_architecture {
    pub struct_size: u32,
    pub output: u32,
    pub instance: *mut c_void,
    pub destroy: Option<extern "C" fn(*const induct_architecture)>,
    pub parameter: Option<extern "C" fn(*const induct_architecture, u32) -> *const induct_parameter>,
    pub workspace_size: Option<extern "C" fn(*const induct_architecture, u32, u64, i64) -> u64>,
    pub forward: Option<extern "C" fn(*const induct_architecture, *const induct_pass, *mut induct_error) -> Status>,
    pub backward: Option<extern "C" fn(*const induct_architecture, *const induct_pass, *mut induct_error) -> Status>,
    pub get_extension: Option<extern "C" fn(*const induct_architecture, *const c_char) -> *const c_void>,
}

#[repr(C)]
pub struct induct_need {
    pub struct_size: u32,
    pub stream: u32,
    pub view: *const c_char,
    pub items: u32,
    pub point_count: u32,
    pub points: *const *const c_char,
    pub optional_items: u32,
    pub parameters: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct induct_evaluation_batch {
    pub struct_size: u32,
    pub need: u32,
    pub step: u64,
    pub first: u64,
    pub count: u64,
    pub length: i64,
    pub positions: i64,
    pub classes: i64,
    pub tensor_count: u32,
    pub point_count: u32,
    pub tensors: *const *const induct_tensor,
    pub predictions: *const f32,
    pub losses: *const f32,
    pub oracle: *const f64,
    pub belief: *const f64,
    pub posterior: *const f64,
    pub belief_size: u64,
    pub component_count: u64,
    pub points: *const *const induct_tensor,
    pub parameter_count: u64,
    pub parameter_descriptions: *const *const induct_parameter,
    pub parameters: *const *const f32,
    pub gate: *const f32,
    pub expert_count: u64,
    pub point_names: *const *const c_char,
    pub component_of_belief: *const u32,
    pub expert_losses: *const f32,
}

#[repr(C)]
pub struct induct_metric {
    pub struct_size: u32,
    pub kind: u32,
    pub name: *const c_char,
    pub unit: *const c_char,
    pub rows: u64,
    pub columns: u64,
    pub values: *const f64,
    pub standard_errors: *const f64,
    pub axis: *const c_char,
    pub axis_values: *const f64,
    pub row_names: *const *const c_char,
    pub column_names: *const *const c_char,
}

#[repr(C)]
pub struct induct_metrics {
    pub struct_size: u32,
    pub count: u32,
    pub metrics: *const *const induct_metric,
    pub owner: *mut c_void,
    pub release: Option<extern "C" fn(*mut induct_metrics)>,
}

#[repr(C)]
pub struct induct_evaluator {
    pub struct_size: u32,
    pub reserved: u32,
    pub instance: *mut c_void,
    pub destroy: Option<extern "C" fn(*const induct_evaluator)>,
    pub need: Option<extern "C" fn(*const induct_evaluator, u32) -> *const induct_need>,
    pub begin: Option<extern "C" fn(*const induct_evaluator, *mut *mut c_void, *mut induct_error) -> Status>,
    pub consume: Option<
        extern "C" fn(*const induct_evaluator, *mut c_void, *const induct_evaluation_batch, *mut induct_error) -> Status,
    >,
    pub merge:
        Option<extern "C" fn(*const induct_evaluator, *mut c_void, *const c_void, *mut induct_error) -> Status>,
    pub finish:
        Option<extern "C" fn(*const induct_evaluator, *const c_void, *mut induct_metrics, *mut induct_error) -> Status>,
    pub discard: Option<extern "C" fn(*const induct_evaluator, *mut c_void)>,
}

/// A table's size in bytes, as `struct_size` says it.
pub const fn size_of<Table>() -> u32 {
    std::mem::size_of::<Table>() as u32
}

const _: () = assert!(size_of::<induct_error>() == 1024);
const _: () = assert!(size_of::<induct_descriptor>() == 32);
const _: () = assert!(size_of::<induct_create>() == 64);
const _: () = assert!(size_of::<induct_plugin>() == 48);
const _: () = assert!(size_of::<induct_tensor>() == 48);
const _: () = assert!(size_of::<induct_tensor_schema>() == 40);
const _: () = assert!(size_of::<induct_schema>() == 64);
const _: () = assert!(size_of::<induct_view>() == 24);
const _: () = assert!(size_of::<induct_source_fill>() == 56);
const _: () = assert!(size_of::<induct_source>() == 56);
const _: () = assert!(size_of::<induct_source_hmm>() == 48);
const _: () = assert!(size_of::<induct_source_labelled_examples>() == 120);
const _: () = assert!(size_of::<induct_factory>() == 24);
const _: () = assert!(size_of::<induct_parameter>() == 48);
const _: () = assert!(size_of::<induct_pass>() == 144);
const _: () = assert!(size_of::<induct_architecture>() == 64);
const _: () = assert!(size_of::<induct_need>() == 40);
const _: () = assert!(size_of::<induct_evaluation_batch>() == 200);
const _: () = assert!(size_of::<induct_metric>() == 88);
const _: () = assert!(size_of::<induct_metrics>() == 32);
const _: () = assert!(size_of::<induct_evaluator>() == 72);
