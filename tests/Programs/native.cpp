// C++ between Python frames: templates, an exception in flight, a destructor.
#include <stdexcept>
#include <string>
#include <vector>

namespace shop {

typedef int (*callback)(int);

template <typename T>
struct Box {
    T value;
    callback call;

    __attribute__((noinline)) int open(const std::vector<T> &more)
    {
        int result = call(static_cast<int>(value + static_cast<T>(more.size())));
        return result + static_cast<int>(more.size());
    }
};

// Runs while the exception looks for its handler.
struct Guard {
    callback call;
    ~Guard() { Box<long> box{7, call}; result = box.open({1, 2}); }
    int result = 0;
};

__attribute__((noinline)) void fail(int n)
{
    throw std::runtime_error(std::string("n is ") + std::to_string(n));
}

template <int N>
__attribute__((noinline)) int attempt(callback call)
{
    Guard guard{call};
    fail(N);
    return guard.result;
}

}

extern "C" int in_flight(shop::callback call, int n)
{
    try {
        return shop::attempt<3>(call);
    } catch (const std::exception &) {
        return n;
    }
}

extern "C" int templates(shop::callback call, int n)
{
    return shop::Box<double>{1.5, call}.open({2.5, static_cast<double>(n)});
}
