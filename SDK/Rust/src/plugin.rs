// SPDX-License-Identifier: Apache-2.0

use crate::abi::{self, *};
use crate::border::{self, guarded};
use crate::{Architecture, Error, Evaluator, Gate, Source};
use std::ffi::{c_void, CString};
use std::os::raw::c_char;

type Create = extern "C" fn(*const induct_create, *mut *const c_void, *mut induct_error) -> Status;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Source,
    Architecture,
    Gate,
    Evaluator,
}

impl Kind {
    const ALL: [(Kind, &'static str); 4] = [
        (Kind::Source, "induct.source/1"),
        (Kind::Architecture, "induct.architecture/1"),
        (Kind::Gate, "induct.gate/1"),
        (Kind::Evaluator, "induct.evaluator/1"),
    ];
}

/// One thing that a plugin provides.
pub struct Part {
    kind: Kind,
    name: &'static str,
    summary: &'static str,
    config: &'static str,
    create: Create,
}

/// A source as a part of a plugin.
pub fn source<S: Source>() -> Part {
    let create = crate::source::create::<S>;
    Part { kind: Kind::Source, name: S::NAME, summary: S::SUMMARY, config: S::CONFIG, create }
}

/// An architecture as a part of a plugin.
pub fn architecture<A: Architecture>() -> Part {
    let create = crate::model::create::<A>;
    Part { kind: Kind::Architecture, name: A::NAME, summary: A::SUMMARY, config: A::CONFIG, create }
}

/// A gate as a part of a plugin.
pub fn gate<G: Gate>() -> Part {
    let create = crate::model::create::<G>;
    Part { kind: Kind::Gate, name: G::NAME, summary: G::SUMMARY, config: G::CONFIG, create }
}

/// An evaluator as a part of a plugin.
pub fn evaluator<E: Evaluator>() -> Part {
    let create = crate::evaluator::create::<E>;
    Part { kind: Kind::Evaluator, name: E::NAME, summary: E::SUMMARY, config: E::CONFIG, create }
}

/// A library's plugin: its table and all that the table leads to. Lives as long as the process.
pub struct Plugin {
    table: induct_plugin,
    parts: Vec<Part>,
    factories: Vec<(&'static str, induct_factory)>,
    _descriptors: Vec<Box<induct_descriptor>>,
    _lists: Vec<Vec<*const induct_descriptor>>,
    _texts: Vec<CString>,
}

// SAFETY: after it is built nothing is written.
unsafe impl Send for Plugin {}
unsafe impl Sync for Plugin {}

impl Plugin {
    /// Builds the tables; `get_factory` and `create`, one for each kind, are the library's own functions that lead back
    /// here.
    pub fn new(
        (id, version, summary): (&str, &str, &str), parts: Vec<Part>,
        get_factory: extern "C" fn(*const c_char) -> *const c_void, create: [Create; 4],
    ) -> Plugin {
        let mut texts = Vec::new();
        let mut text = |text: &str| {
            texts.push(border::c_string(text));
            texts[texts.len() - 1].as_ptr()
        };
        let mut descriptors: Vec<Box<induct_descriptor>> = Vec::new();
        let mut lists = Vec::new();
        let mut factories = Vec::new();
        for (place, (kind, factory_id)) in Kind::ALL.into_iter().enumerate() {
            let mut list: Vec<*const induct_descriptor> = Vec::new();
            for part in parts.iter().filter(|part| part.kind == kind) {
                let descriptor = Box::new(induct_descriptor {
                    struct_size: abi::size_of::<induct_descriptor>(),
                    concurrency: 0,
                    name: text(part.name),
                    summary: text(part.summary),
                    config_schema: text(part.config),
                });
                list.push(&*descriptor);
                descriptors.push(descriptor);
            }
            if list.is_empty() {
                continue;
            }
            let factory = induct_factory {
                struct_size: abi::size_of::<induct_factory>(),
                descriptor_count: list.len() as u32,
                descriptors: list.as_ptr(),
                create: Some(create[place]),
            };
            factories.push((factory_id, factory));
            lists.push(list);
        }
        let table = induct_plugin {
            struct_size: abi::size_of::<induct_plugin>(),
            abi_major: abi::ABI_MAJOR,
            abi_minor: abi::ABI_MINOR,
            reserved: 0,
            id: text(id),
            version: text(version),
            summary: text(summary),
            get_factory: Some(get_factory),
        };
        Plugin { table, parts, factories, _descriptors: descriptors, _lists: lists, _texts: texts }
    }

    pub fn table(&self) -> *const induct_plugin {
        &self.table
    }

    /// The factory with this id, or NULL.
    ///
    /// # Safety
    /// `id` ends with a NUL.
    pub unsafe fn factory(&self, id: *const c_char) -> *const c_void {
        let id = border::text(id);
        let found = self.factories.iter().find(|factory| factory.0 == id);
        found.map_or(std::ptr::null(), |factory| &factory.1 as *const induct_factory as *const c_void)
    }

    /// Creates the part that the call names, of the kind at this place among the four.
    ///
    /// # Safety
    /// The host's call of a factory's `create`.
    pub unsafe fn create(
        &self, kind: usize, call: *const induct_create, result: *mut *const c_void, error: *mut induct_error,
    ) -> Status {
        let name = border::text(border::known(call).name);
        match self.parts.iter().find(|part| part.kind == Kind::ALL[kind].0 && part.name == name) {
            Some(part) => (part.create)(call, result, error),
            None => guarded(error, || {
                Err(Error { status: abi::NOT_FOUND, message: format!("it provides no '{name}'") })
            }),
        }
    }
}

/// Exports the plugin of this library, with its note; once in a library. Id and version are constants.
///
/// ```ignore
/// induct::plugin!("org.example.noisy-cycle", "1.0.0", "a source in Rust", [induct::source::<NoisyCycle>()]);
/// ```
#[macro_export]
macro_rules! plugin {
    ($id:expr, $version:expr, $summary:expr, [$($part:expr),+ $(,)?]) => {
        mod induct_plugin_border {
            use super::*;
            use ::std::sync::Once;

            const ID: &str = $id;
            const VERSION: &str = $version;

            #[used]
            #[link_section = ".note.induct"]
            static NOTE: $crate::Note<{ ID.len() + VERSION.len() + 2 }> = $crate::Note::new(ID, VERSION);

            static ONCE: Once = Once::new();
            static mut PLUGIN: *const $crate::Plugin = ::std::ptr::null();

            fn plugin() -> &'static $crate::Plugin {
                ONCE.call_once(|| {
                    let text = (ID, VERSION, $summary);
                    let create = [create::<0>, create::<1>, create::<2>, create::<3>];
                    let plugin = $crate::Plugin::new(text, vec![$($part),+], get_factory, create);
                    // SAFETY: written once, before anybody reads it.
                    unsafe { PLUGIN = ::std::boxed::Box::into_raw(::std::boxed::Box::new(plugin)) };
                });
                // SAFETY: written above, and never freed.
                unsafe { &*PLUGIN }
            }

            extern "C" fn get_factory(id: *const ::std::os::raw::c_char) -> *const ::std::ffi::c_void {
                // SAFETY: the host's id ends with a NUL.
                unsafe { plugin().factory(id) }
            }

            extern "C" fn create<const KIND: usize>(
                call: *const $crate::abi::induct_create, result: *mut *const ::std::ffi::c_void,
                error: *mut $crate::abi::induct_error,
            ) -> $crate::abi::Status {
                // SAFETY: the host's call.
                unsafe { plugin().create(KIND, call, result, error) }
            }

            #[no_mangle]
            pub extern "C" fn induct_plugin_entry_v1(
                _: *const $crate::abi::induct_host, _: *mut $crate::abi::induct_error,
            ) -> *const $crate::abi::induct_plugin {
                plugin().table()
            }
        }
    };
}
